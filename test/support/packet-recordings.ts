// Whole stretches of a log, each event of it valid: what the mutations start from.
import {
  annotateRows,
  compressedQuery,
  compressedRows,
  deleteRows,
  format,
  gtid,
  heartbeat,
  innerEvents,
  loadQuery,
  mariadbGtid,
  mariadbGtidList,
  previousGtids,
  query,
  randomSeed,
  rotate,
  rowsQuery,
  tableMap,
  taggedGtid,
  transactionPayload,
  updateRows,
  writeRows,
  writeRowsV1,
  xid,
} from "./event-packets.ts";
import type { Recording } from "./packet-mutations.ts";

const inner = [query("BEGIN"), tableMap(), writeRows(), updateRows(), xid()];

export const recordings: readonly Recording[] = [
  {
    flavor: "mysql",
    events: [
      rotate(),
      format(),
      previousGtids(),
      gtid(),
      query("BEGIN"),
      rowsQuery(),
      tableMap(),
      writeRows(),
      updateRows(),
      deleteRows(),
      xid(),
      heartbeat(),
    ],
  },
  {
    flavor: "mysql",
    events: [rotate(), format(), taggedGtid(), query("BEGIN"), tableMap(), updateRows(), query("COMMIT"), heartbeat()],
  },
  {
    flavor: "mysql",
    events: [format(), gtid(), transactionPayload(innerEvents(inner)), heartbeat()],
    payloadAt: 2,
    inner,
  },
  { flavor: "mysql", events: [rotate(), gtid(), query("CREATE TABLE a (b INT)"), heartbeat()] },
  {
    flavor: "mysql",
    events: [rotate(), gtid(), query("BEGIN"), randomSeed(), loadQuery("LOAD DATA INFILE 'x' INTO TABLE a"), xid()],
  },
  {
    flavor: "mariadb",
    events: [
      rotate(),
      format(),
      mariadbGtidList(),
      mariadbGtid(),
      annotateRows(),
      tableMap(),
      writeRowsV1(),
      compressedRows(),
      compressedQuery("SAVEPOINT a"),
      xid(),
    ],
  },
];
