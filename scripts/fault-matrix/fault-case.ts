// One row of the fault matrix: what is injected, on which servers, and what came of it.
import type { Flavor, LocalServer, LocalServerOptions } from "../mysql.ts";

/** A case that does not hold throws; that is FAILED. */
export type Outcome =
  | { result: "ok"; note?: string }
  /** The case cannot arise on this server. */
  | { result: "n/a"; reason: string }
  /** What must hold does not yet; the reason says what happens instead. */
  | { result: "pending"; reason: string };

export interface FaultContext {
  readonly flavor: Flavor;
  /** A folder of the case's own, removed after it. */
  readonly folder: string;
  /** The server that cases without settings of their own share; started at its first use. */
  server(): Promise<LocalServer>;
  /** One of the case's own, for what cannot be undone; removed after the case. */
  ownServer(settings?: LocalServerOptions["settings"]): Promise<LocalServer>;
  file(name: string): string;
  /** Released after the case, last first, whatever came of it. */
  use<T extends AsyncDisposable | Disposable>(resource: T): T;
  signal: AbortSignal;
}

export interface FaultCase {
  row: number;
  name: string;
  servers: readonly Flavor[];
  run(context: FaultContext): Promise<Outcome>;
}

export const both: readonly Flavor[] = ["mysql", "mariadb"];

export const ok = (note?: string): Outcome => (note === undefined ? { result: "ok" } : { result: "ok", note });
export const pending = (reason: string): Outcome => ({ result: "pending", reason });
export const notApplicable = (reason: string): Outcome => ({ result: "n/a", reason });
