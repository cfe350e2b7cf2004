// normalize: what a Debezium message says of its origin -> the feed, the transaction, the place in the log and the time. Pure.
import { canonicalJson, type JsonObject } from "../lib/canonical-json.ts";
import { microsToTimestamp } from "../lib/clock.ts";
import type { DebeziumEnvelope, DebeziumSource } from "./debezium-envelope.ts";

/** Stands before every id of a transaction that came through Debezium; no GTID begins so. */
export const debeziumPrefix = "debezium:";

/** One connector of one Debezium: it sends transactions one after the other, in the order of their commits. */
export interface Feed {
  connector: string;
  /** `topic.prefix` */
  server: string;
}

export interface Origin {
  feed: Feed;
  /** `debezium:connector:server:` and what the database calls the transaction. */
  transactionId: string;
  /** As the connector names it when it says that it is complete. */
  ownId: string;
  gtid: string | null;
  /** Order in the transaction, where Debezium tells it (`provide.transaction.metadata`). */
  order: number | null;
  /** Every word of the place in the database's log that the message has. */
  position: JsonObject;
  /** RFC 3339, UTC; null where the message has no time, or none of a calendar. */
  timestamp: string | null;
}

const positionFields = [
  "file",
  "pos",
  "row",
  "lsn",
  "commit_lsn",
  "change_lsn",
  "event_serial_no",
  "scn",
  "rs_id",
  "ssn",
] as const;

/** Schemas that need no word: what nearly every table of that database is in. */
const usualSchemas: ReadonlySet<string> = new Set(["public", "dbo"]);

export function readOrigin({ source, transaction, ...envelope }: DebeziumEnvelope): Origin {
  const position: JsonObject = {};
  for (const field of positionFields) {
    const value = source[field];
    if (value !== null && value !== undefined) position[field] = value;
  }
  const gtid = source.gtid ?? null;
  const ownId = transaction?.id ?? gtid ?? source.txId ?? source.commit_lsn ?? canonicalJson(position);
  const order = transaction?.total_order ?? null;
  return {
    feed: { connector: source.connector, server: source.name },
    transactionId: `${debeziumPrefix}${source.connector}:${source.name}:${ownId}`,
    ownId,
    gtid: gtid?.toLowerCase() ?? null,
    order: order === null ? null : Number(order),
    position: order === null ? position : { ...position, total_order: order },
    timestamp: timestampOf(source) ?? timestampOf(envelope),
  };
}

type Times = Pick<DebeziumSource, "ts_ms" | "ts_us" | "ts_ns">;

function timestampOf({ ts_ms, ts_us, ts_ns }: Times): string | null {
  const micros = ts_us ? BigInt(ts_us) : ts_ns ? BigInt(ts_ns) / 1000n : ts_ms ? BigInt(ts_ms) * 1000n : null;
  // 9999-12-31T23:59:59.999999Z
  return micros === null || micros < 0n || micros > 253_402_300_799_999_999n ? null : microsToTimestamp(micros);
}

/** A table outside of the usual schema is `schema.table`, which is also its name for rule packs. */
export function tableOf({ schema, table }: DebeziumSource): string {
  return !schema || usualSchemas.has(schema) ? table : `${schema}.${table}`;
}
