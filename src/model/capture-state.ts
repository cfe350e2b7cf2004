// The states of capture. The last three need a person.

export const captureStates = ["STARTING", "RUNNING", "RETRYING", "MISCONFIGURED", "BLOCKED", "GAP", "STOPPED"] as const;
export type CaptureStateName = (typeof captureStates)[number];

const waitingForPerson: ReadonlySet<CaptureStateName> = new Set(["MISCONFIGURED", "BLOCKED", "GAP"]);

export function needsPerson(state: CaptureStateName): boolean {
  return waitingForPerson.has(state);
}

export interface CaptureState {
  state: CaptureStateName;
  /** When this state began. */
  since: string;
  /** Why, in a sentence; null when all is well. */
  reason: string | null;
  hint: string | null;
}

export type Flavor = "mysql" | "mariadb";

/** The server that is read. */
export interface SourceIdentity {
  flavor: Flavor;
  version: string;
  /** MySQL's server_uuid; MariaDB has none and gives its server_id. */
  server_id: string;
  /** host:port, as configured. */
  address: string;
}
