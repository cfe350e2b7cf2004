// capture: decoded binlog events in log order -> whole transactions. A transaction leaves only at its commit marker;
// what cannot be decoded with certainty is refused by name. Pure: no I/O, no clock but the one handed in.
import { assertNever } from "../lib/assert.ts";
import { type Clock, microsToTimestamp, toTimestamp } from "../lib/clock.ts";
import { AppError } from "../model/app-error.ts";
import type { Flavor } from "../model/capture-state.ts";
import type {
  RawChangeEvent,
  RawTransaction,
  RawTransactionPart,
  StatementTags,
  XaStep,
} from "../model/raw-transaction.ts";
import type { BinlogEvent } from "./binlog-client.ts";
import type { CommitTime } from "./commit-time.ts";
import { eventType } from "./event-packet.ts";
import type { RowsPacket } from "./own-events.ts";
import { endsStatement, readRowChanges, readTableId } from "./row-changes.ts";
import { createSessionClockJudge } from "./session-clock.ts";
import { readStatementTags, tagCommentMax } from "./statement-tags.ts";
import { classifyStatement } from "./statement.ts";
import { createTableReaders, type TableEntry } from "./table-reader.ts";
import { formatXid, parseXaStatement } from "./xa.ts";

export interface AssemblerOptions {
  flavor: Flavor;
  clock: Clock;
  /** Databases to keep; empty: all. A transaction outside them is handed on without events, so that no GTID is missing. */
  databases: ReadonlySet<string>;
  onTransaction: (transaction: RawTransaction) => void;
  /** The server says that changes are missing: in that transaction, which holds nothing else; null: after the last one. */
  onIncident: (gtid: string | null) => void;
  /** Events of a transaction too large to wait for its end, in order; the rest comes with `onTransaction`. */
  onPart: (part: RawTransactionPart) => void;
}

export interface TransactionAssembler {
  /** `commitTime`: by the server's clock, of the transaction the event belongs to; null where the log does not tell. */
  push(event: BinlogEvent, commitTime: CommitTime | null): void;
  /** File and position after the last event, as information. */
  readonly position: { file: string | null; position: number | null };
}

interface OpenTransaction {
  gtid: string;
  /** BEGIN was seen: the group ends with a commit marker. Without it, its one statement ends it (DDL). */
  begun: boolean;
  /** Of a distributed transaction: it ends with an XA PREPARE of this id. */
  xid: string | null;
  connectionId: number | null;
  /** Of the statement whose rows are coming. */
  tags: StatementTags | null;
  /** Events handed on as parts. */
  handedOn: number;
  events: RawChangeEvent[];
  /** Size of the waiting events in the log. */
  bytes: number;
}

/** What waits in memory for the end of its transaction; beyond either, it is handed on as a part. */
const waitingEventsMax = 1_000;
const waitingBytesMax = 1024 * 1024;

type EventOf<Name extends string> = Extract<BinlogEvent, { getTypeName(): Name }>;

export function createTransactionAssembler(options: AssemblerOptions): TransactionAssembler {
  const position: { file: string | null; position: number | null } = { file: null, position: null };
  const tables = new Map<number, TableEntry>();
  let open: OpenTransaction | null = null;

  const begin = (
    gtid: string,
    begun: boolean,
    known: Partial<Pick<OpenTransaction, "connectionId" | "xid">> = {},
  ): void => {
    if (open !== null) throw undecodable(`transaction ${gtid} begins before ${open.gtid} has ended`);
    open = { gtid, begun, xid: null, connectionId: null, ...known, tags: null, handedOn: 0, events: [], bytes: 0 };
  };
  const current = (what: string): OpenTransaction => {
    if (open === null) throw undecodable(`${what} outside a transaction`);
    return open;
  };
  let commitTime: CommitTime | null = null;
  const sessionClocks = createSessionClockJudge();
  /** `xa`: what ends here is a step of a distributed transaction. */
  const finish = (
    event: BinlogEvent,
    { gtid, connectionId, events, handedOn: firstSeq }: OpenTransaction,
    xa?: XaStep,
  ): void => {
    const now = options.clock.now();
    const { commitUs, sessionMs } = sessionClocks.judge(event.timestamp, commitTime, now);
    open = null;
    // The server describes each table anew in each statement; an entry kept longer could name another table.
    tables.clear();
    options.onTransaction({
      gtid,
      timestamp: microsToTimestamp(commitUs),
      receivedAt: toTimestamp(now),
      ...(sessionMs === null ? {} : { sessionClock: toTimestamp(sessionMs) }),
      connectionId,
      firstSeq,
      events,
      ...(xa === undefined ? {} : { xa }),
    });
  };
  const commit = (event: BinlogEvent): void => {
    const transaction = current("a commit");
    if (transaction.xid !== null)
      throw undecodable(`transaction ${transaction.gtid} begins as XA ${transaction.xid} and ends without XA PREPARE`);
    finish(event, transaction);
  };
  const keeps = (database: string): boolean => options.databases.size === 0 || options.databases.has(database);
  /** A statement may name another database than the session's own: one that speaks of a kept database is kept. */
  const keepsStatement = ({ schema, query }: EventOf<"Query">): boolean =>
    keeps(schema) || [...options.databases].some((database) => query.toLowerCase().includes(database.toLowerCase()));
  const add = (transaction: OpenTransaction, changes: readonly RawChangeEvent[], bytes: number): void => {
    for (const change of changes) transaction.events.push(change);
    transaction.bytes += bytes;
    if (transaction.events.length < waitingEventsMax && transaction.bytes < waitingBytesMax) return;
    const { gtid, connectionId, handedOn: firstSeq, events, xid } = transaction;
    transaction.handedOn += events.length;
    transaction.events = [];
    transaction.bytes = 0;
    options.onPart({ gtid, connectionId, firstSeq, events, ...(xid === null ? {} : { xid }) });
  };

  const xaStatement = (event: EventOf<"Query">, transaction: OpenTransaction): void => {
    const { verb, xid } = parseXaStatement(event.query) ?? refuseXa(transaction, `holds ${event.query.slice(0, 40)}`);
    if (verb === "START") {
      if (transaction.begun) refuseXa(transaction, `begins twice, the second time as XA ${xid}`);
      Object.assign(transaction, { begun: true, xid });
    } else if (verb === "END") {
      if (transaction.xid !== xid) refuseXa(transaction, `begins as XA ${transaction.xid} and ends as XA ${xid}`);
    } else {
      if (transaction.begun) refuseXa(transaction, `decides on XA ${xid} among its own changes`);
      finish(event, transaction, { step: verb === "COMMIT" ? "commit" : "rollback", xid });
    }
  };
  const xaPrepare = (event: EventOf<"XaPrepare">): void => {
    const transaction = current("an XA PREPARE");
    const xid = formatXid(event);
    if (transaction.xid !== xid) refuseXa(transaction, `begins as XA ${transaction.xid} and is prepared as XA ${xid}`);
    if (event.onePhase) finish(event, transaction);
    else finish(event, transaction, { step: "prepare", xid });
  };

  const statement = (event: EventOf<"Query">): void => {
    const kind = classifyStatement(event.query);
    const transaction = kind === "noise" ? null : current(`statement ${event.query.slice(0, 40)}`);
    if (transaction === null) return;
    // MySQL's BEGIN comes first; MariaDB's log has the id in whatever statements there are, and since 11.5 in the GTID event.
    transaction.connectionId ??= event.slaveProxyId;
    switch (kind) {
      case "noise":
      case "savepoint":
        return;
      case "begin":
        transaction.begun = true;
        return;
      case "commit":
        return commit(event);
      case "rollback":
        // Statements are logged with a ROLLBACK when it could not undo all that they did.
        if (transaction.events.some(({ kind: what }) => what === "row") || transaction.handedOn > 0)
          throw undecodable(`transaction ${transaction.gtid} ends in ROLLBACK after row changes`);
        return commit(event);
      case "xa":
        return xaStatement(event, transaction);
      case "row-change":
      case "other":
        if (keepsStatement(event)) {
          const tags = readStatementTags(event.query);
          const change = toStatement(event, kind === "row-change");
          add(transaction, [tags === null ? change : { ...change, tags }], event.size);
        }
        if (!transaction.begun) commit(event);
        return;
      default:
        return assertNever(kind);
    }
  };

  const readTable = createTableReaders(options.flavor, keeps);
  const rows = ({ type, body }: RowsPacket): void => {
    if (type === eventType.tableMap) {
      const entry = readTable(body);
      tables.set(entry.tableId, entry);
      return;
    }
    const transaction = current("a row change");
    const tableId = readTableId(body);
    const entry = tables.get(tableId);
    if (entry === undefined) throw undecodable(`rows of table id ${tableId} without its description`);
    const { tags } = transaction;
    if (entry.table !== undefined) {
      const changes = readRowChanges(type, body, entry);
      if (tags !== null) for (const change of changes) change.tags = tags;
      add(transaction, changes, body.length);
    }
    // The next statement may come without its text: a session can turn that off.
    if (tags !== null && endsStatement(body)) transaction.tags = null;
  };
  /** The statement whose rows come next. Of its text only the tags are kept. */
  const statementText = (sql: string): void => {
    if (open === null) return;
    open.tags = readStatementTags(sql);
    if (open.tags !== null) open.bytes += Math.min(sql.length, tagCommentMax);
  };

  const push = (event: BinlogEvent, time: CommitTime | null): void => {
    commitTime = time;
    switch (event.getTypeName()) {
      case "Rotate": {
        const rotate = event as EventOf<"Rotate">;
        position.file = rotate.binlogName;
        position.position = rotate.position;
        return;
      }
      case "Format":
        sessionClocks.fileBegan(event.timestamp, options.clock.now());
        break;
      case "Gtid":
        begin((event as EventOf<"Gtid">).gtid, false);
        break;
      case "MariadbGtid": {
        const { gtid, standalone, threadId = null, ...id } = event as EventOf<"MariadbGtid">;
        // The rows of a prepared one follow at once, without an XA START.
        const { preparedXa, xidGtrid, xidBqual, xidFormatId } = id;
        const prepares = preparedXa && xidGtrid !== undefined && xidBqual !== undefined && xidFormatId !== undefined;
        const xid = prepares ? formatXid({ xidGtrid, xidBqual, xidFormatId }) : null;
        begin(gtid, !standalone, { connectionId: threadId, xid });
        break;
      }
      case "AnonymousGtid":
        throw new AppError("source.misconfigured", "the server writes transactions without a GTID", {
          hint: "Turn gtid_mode ON; `auditctl doctor` shows how.",
        });
      case "Incident": {
        const gtid = open?.gtid ?? null;
        open = null;
        options.onIncident(gtid);
        break;
      }
      case "RowsPacket":
        rows(event as RowsPacket);
        break;
      case "Query":
        statement(event as EventOf<"Query">);
        break;
      case "RowsQuery":
      case "AnnotateRows":
        statementText((event as EventOf<"RowsQuery" | "AnnotateRows">).statement);
        break;
      case "Xid":
        commit(event);
        break;
      case "XaPrepare":
        xaPrepare(event as EventOf<"XaPrepare">);
        break;
      case "Unknown":
        // A server that shuts down in peace ends its file with an event that has no content (Stop), between transactions.
        if (open === null && (event as EventOf<"Unknown">).size === 0) break;
        throw undecodable("the log holds an event of a type that is not known");
      default:
        // PreviousGtids, Heartbeat and the like: signs of life that change no row.
        break;
    }
    if (event.nextPosition > 0) position.position = event.nextPosition;
  };
  return { push, position };
}

function undecodable(what: string): AppError {
  return new AppError("capture.undecodable", what, {
    hint: "Capture stopped before it; nothing was guessed. docs/capture.md says what can be decoded.",
  });
}

function refuseXa({ gtid }: OpenTransaction, what: string): never {
  throw undecodable(`distributed transaction ${gtid} ${what}`);
}

function toStatement({ schema, query }: EventOf<"Query">, changesRows: boolean): RawChangeEvent {
  const statement = { kind: "statement", database: schema, sql: query } as const;
  return changesRows ? { ...statement, changesRows: true } : statement;
}
