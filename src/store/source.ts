// store: the table source. The one server this store belongs to.
import type Database from "better-sqlite3";
import type { SourceIdentity } from "../model/capture-state.ts";

/** client_id: the replica server id that capture announces, 1 … 2^32-1. */
export type SourceRow = SourceIdentity & { client_id: number; first_seen: string };

export function prepareSource(db: Database.Database) {
  return {
    insert: db.prepare<[SourceRow]>(
      `INSERT INTO source (source_id, flavor, server_id, version, address, client_id, first_seen)
       VALUES (1, @flavor, @server_id, @version, @address, @client_id, @first_seen)`,
    ),
    get: db.prepare<[], SourceRow>("SELECT flavor, server_id, version, address, client_id, first_seen FROM source"),
  };
}
