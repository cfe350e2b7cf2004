// Everything that detection keeps of a store, bit for bit, but the time of the clock at which it was written.
import Database from "better-sqlite3";
import { findingsPath } from "../../src/store/findings-store.ts";

export interface FindingsDump {
  anomalies: number;
  states: number;
  /** Equal when and only when all rows of all tables are. */
  text: string;
}

export function dumpFindings(storePath: string): FindingsDump {
  using cleanup = new DisposableStack();
  const db = cleanup.adopt(new Database(findingsPath(storePath), { readonly: true }), (open) => open.close());
  const rows = (sql: string): unknown[] => db.prepare(sql).raw().all();
  const anomalies = rows("SELECT * FROM anomaly ORDER BY anomaly_row");
  const states = rows("SELECT * FROM detector_state ORDER BY watch, key");
  const detection = rows(
    "SELECT round, entry_id, hex(hash), read_to, mark_id, zone, watches, baselines FROM detection",
  );
  return {
    anomalies: anomalies.length,
    states: states.length,
    text: [...anomalies, ...states, ...detection].map((row) => JSON.stringify(row)).join("\n"),
  };
}
