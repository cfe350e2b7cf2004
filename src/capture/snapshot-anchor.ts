// capture: opens a consistent read and says which moment of the log it shows, with no privilege but the tables' own SELECT.
//
// MariaDB knows: it opens the read under the lock that orders commits, and Binlog_snapshot_file/position of that session are
// the end of the last commit in it. Exact. (gtid_binlog_pos will not do: it moves before the engine commits.)
//
// MySQL has no such statement short of BACKUP_ADMIN or FLUSH TABLES WITH READ LOCK, so two bounds are taken.
//   Lower: gtid_executed before the read is opened. A GTID enters it after the engine's commit, so all of it is visible.
//   Upper: gtid_owned, then gtid_executed, after it is opened. A transaction that was visible had its GTID by then, and a
//   GTID is in one or the other until it is done; asked in this order it cannot slip from the one to the other unseen.
// Where both are the same set nothing was committing, and the read is exact; a few tries are worth that.
import { setTimeout as delay } from "node:timers/promises";
import { AppError } from "../model/app-error.ts";
import type { Flavor } from "../model/capture-state.ts";
import { parseGtidSet } from "../model/gtid-set.ts";
import type { SnapshotAnchor } from "../model/snapshot.ts";
import type { TableConnection } from "./server-connection.ts";

const openStatement = "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY";
const exactTries = 5;
const tryAgainMs = 20;

/** @throws snapshot.failed when the server does not say where its log stands */
export async function openConsistentRead(server: TableConnection, flavor: Flavor): Promise<SnapshotAnchor> {
  await server.rows("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
  if (flavor === "mariadb") return await openMariadb(server);
  for (let attempt = 1; ; attempt += 1) {
    const anchor = await openMysql(server);
    if (anchor.gtid_set === anchor.gtid_set_max || attempt === exactTries) return anchor;
    await server.rows("ROLLBACK");
    await delay(tryAgainMs);
  }
}

async function openMysql(server: TableConnection): Promise<SnapshotAnchor> {
  const [before, read_at] = await askOne(server, "SELECT @@GLOBAL.gtid_executed, UTC_TIMESTAMP(6)");
  await server.rows(openStatement);
  const [owned] = await askOne(server, "SELECT @@GLOBAL.gtid_owned");
  const [after] = await askOne(server, "SELECT @@GLOBAL.gtid_executed");
  const gtid_set = compact(before);
  const executed = compact(after);
  // `uuid:5#33:6#34`: the number after # is the thread's.
  const inFlight = compact(owned).replace(/#\d+/g, "");
  const covered = inFlight === "" || parseGtidSet(executed).covers(parseGtidSet(inFlight));
  return { gtid_set, gtid_set_max: covered ? executed : `${executed},${inFlight}`, read_at: toTimestamp(read_at) };
}

async function openMariadb(server: TableConnection): Promise<SnapshotAnchor> {
  const [read_at] = await askOne(server, "SELECT UTC_TIMESTAMP(6)");
  await server.rows(openStatement);
  const status = new Map(
    (await server.rows("SHOW STATUS LIKE 'binlog_snapshot_%'")).map(([name, value]) => [
      String(name).toLowerCase(),
      String(value),
    ]),
  );
  const file = status.get("binlog_snapshot_file") ?? "";
  const position = Number(status.get("binlog_snapshot_position"));
  const rows = file === "" ? [] : await server.rows("SELECT BINLOG_GTID_POS(?, ?)", [file, position]);
  const found = rows[0]?.[0];
  if (typeof found !== "string") {
    throw new AppError("snapshot.failed", "the server does not say at which GTID position its consistent read stands", {
      hint: "It must write a binary log (log_bin); `auditctl doctor` checks it.",
    });
  }
  const gtid_set = compact(found);
  return { gtid_set, gtid_set_max: gtid_set, read_at: toTimestamp(read_at) };
}

async function askOne(server: TableConnection, sql: string): Promise<unknown[]> {
  return (await server.rows(sql))[0] ?? [];
}

function compact(text: unknown): string {
  return String(text).replace(/\s/g, "");
}

function toTimestamp(text: unknown): string {
  return `${String(text).replace(" ", "T")}Z`;
}
