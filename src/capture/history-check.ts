// capture: does the server still have the history that is stored? Told apart by asking, because a log that was reset under
// an open stream makes no error: the server waits for the new file of the same name to grow past the old position.
import { AppError } from "../model/app-error.ts";
import type { Flavor } from "../model/capture-state.ts";
import type { ServerConnection } from "./server-connection.ts";

/** @throws capture.diverged when it does not; source.* and capture.connection_lost when it cannot be asked. */
export async function checkHistory(server: ServerConnection, flavor: Flavor, stored: string): Promise<void> {
  if (flavor === "mysql") {
    const row = await server.row(`SELECT GTID_SUBSET('${stored}', @@GLOBAL.gtid_executed) AS held`);
    if (row?.["held"] === 1) return;
  } else {
    const row = await server.row("SELECT @@GLOBAL.gtid_binlog_state AS held");
    if (holdsMariadb(String(row?.["held"]), stored)) return;
  }
  throw new AppError("capture.diverged", "the server no longer has the history that is stored: its log was reset", {
    hint: "Keep this store as evidence and begin a new one with --store.",
  });
}

/** The state names the newest transaction of each domain and server; what is stored must not be beyond it. */
function holdsMariadb(state: string, stored: string): boolean {
  const newest = new Map(parts(state).map(({ origin, sequence }) => [origin, sequence]));
  return parts(stored).every(({ origin, sequence }) => (newest.get(origin) ?? 0n) >= sequence);
}

function parts(gtids: string): { origin: string; sequence: bigint }[] {
  return gtids
    .split(",")
    .filter(Boolean)
    .map((gtid) => {
      const at = gtid.lastIndexOf("-");
      return { origin: gtid.slice(0, at), sequence: BigInt(gtid.slice(at + 1)) };
    });
}
