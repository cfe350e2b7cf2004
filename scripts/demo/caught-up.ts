// Waits until the store holds everything the server has committed. Asks the server, not the clock.
import { setTimeout as delay } from "node:timers/promises";
import type { Connection, RowDataPacket } from "mysql2/promise";
import { openStoreReader } from "../../src/store/open-store.ts";
import type { Flavor } from "../../src/model/capture-state.ts";

export async function waitUntilCaughtUp(
  connection: Connection,
  flavor: Flavor,
  store: string,
  signal: AbortSignal,
): Promise<void> {
  using reader = openStoreReader(store);
  for (;;) {
    const stored = reader.status().checkpoint?.gtid_set ?? "";
    if (await covers(connection, flavor, stored)) return;
    await delay(50, undefined, { signal });
  }
}

/** And until detection has read all of it. */
export async function waitUntilDetected(store: string, signal: AbortSignal): Promise<void> {
  using reader = openStoreReader(store);
  while (reader.status().detection?.behind !== 0) await delay(50, undefined, { signal });
}

async function covers(connection: Connection, flavor: Flavor, stored: string): Promise<boolean> {
  const question =
    flavor === "mysql"
      ? "SELECT GTID_SUBSET(@@global.gtid_executed, ?) AS covered"
      : "SELECT @@global.gtid_binlog_pos = ? AS covered";
  const [rows] = await connection.query<RowDataPacket[]>(question, [stored]);
  return Number(rows[0]?.["covered"]) === 1;
}
