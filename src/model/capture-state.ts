// The states of capture.

export const captureStates = ["STARTING", "RUNNING", "RETRYING", "MISCONFIGURED", "BLOCKED", "GAP", "STOPPED"] as const;
export type CaptureStateName = (typeof captureStates)[number];

const waitingForPerson: ReadonlySet<CaptureStateName> = new Set(["MISCONFIGURED", "BLOCKED", "GAP"]);

export interface CaptureState {
  state: CaptureStateName;
  /** When this state began. */
  since: string;
  /** Why, in a sentence; null when all is well. */
  reason: string | null;
  hint: string | null;
}

/** STOPPED is also how an ordinary end is written down, without a hint; then nobody has to do anything. */
export function needsPerson({ state, hint }: Pick<CaptureState, "state" | "hint">): boolean {
  return waitingForPerson.has(state) || (state === "STOPPED" && hint !== null);
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
