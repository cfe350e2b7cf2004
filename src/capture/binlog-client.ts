// capture: the only importer of the binlog client. Opens one stream on a fresh connection and hands on its events;
// any error is fatal to that stream, because after most decode errors the library goes on without the rows.
import ZongJi, { type AnyBinlogEvent, GtidSet, MariadbGtidPosition } from "@vlasky/zongji";
import { assert } from "../lib/assert.ts";
import { AppError } from "../model/app-error.ts";
import type { Flavor } from "../model/capture-state.ts";
import type { SourceConnection } from "../model/config.ts";
import type { CommitTime } from "./commit-time.ts";
import type { OwnEvent } from "./own-events.ts";
import { type GuardedConnection, installPacketGuard, type PacketGuard, selfTestPacketGuard } from "./packet-guard.ts";
import { toConnectionOptions } from "./server-connection.ts";

export type BinlogEvent = AnyBinlogEvent | OwnEvent;

export interface BinlogStreamOptions {
  connection: SourceConnection;
  flavor: Flavor;
  /** Where to read from; always explicit: without one the library starts at the oldest file and says nothing. */
  gtidSet: string;
  /** The replica server id we announce. */
  serverId: number;
  /** Who must answer: MySQL's server_uuid, MariaDB's server_id. An address may lead to another server from one connection to the next. */
  sourceId: string;
  heartbeatMs: number;
  /** Called synchronously, in log order, with the commit time of the event's transaction. What it throws ends the stream. */
  onEvent: (event: BinlogEvent, commitTime: CommitTime | null) => void;
  /** Called once, with the first error; the stream is closed by then. */
  onError: (error: unknown) => void;
  /** In place of connections to the server, for tests that feed packets of their own. */
  connections?: { connection: GuardedConnection; ctrlConnection: object };
}

export interface BinlogStream {
  /** Stops at once; no further callback. */
  close(): void;
}

/** The mysql2 connection inside the library, as far as we use it. */
interface InnerConnection extends GuardedConnection {
  query(sql: string, done: (error: Error | null, rows?: { id: unknown }[]) => void): void;
  stream?: { setKeepAlive?: (enable: boolean, initialDelayMs: number) => void };
}

export function openBinlogStream(options: BinlogStreamOptions): BinlogStream {
  const { client, stream, fail } = openClient(options);
  client.start({ serverId: options.serverId, gtidSet: options.gtidSet, requestAnnotateRows: true });
  const inner = client.connection as unknown as InnerConnection;
  // Queued before the dump command, so that the server sends heartbeats on this stream. Two names: before and since MySQL 8.0.26.
  const period = options.heartbeatMs * 1_000_000;
  inner.query(
    `SET @master_heartbeat_period = ${period}, @source_heartbeat_period = ${period}`,
    (error) => error !== null && fail(error),
  );
  const identity = options.flavor === "mysql" ? "server_uuid" : "server_id";
  inner.query(`SELECT @@GLOBAL.${identity} AS id`, (error, rows) => {
    const found = String(rows?.[0]?.id);
    if (error !== null) fail(error);
    else if (found !== options.sourceId) fail(otherSource(options, found));
  });
  inner.stream?.setKeepAlive?.(true, 10_000);
  return stream;
}

function otherSource({ connection, sourceId }: BinlogStreamOptions, found: string): AppError {
  const { host, port } = connection;
  return new AppError(
    "store.other_source",
    `${host}:${port} is server ${found} now, the trail is that of server ${sourceId}`,
    {
      hint: "Check host and port, or begin a new store for this server with --store. Nothing of it was read.",
    },
  );
}

export interface MariadbStartOptions extends Pick<BinlogStreamOptions, "connection" | "serverId" | "onError"> {
  /** Told once: the GTID position at which the oldest log file begins. */
  onPosition: (position: string) => void;
}

/** Opens the log at its very beginning, only to learn where that is. */
export function openMariadbStart({ onPosition, ...options }: MariadbStartOptions): BinlogStream {
  const onEvent = (event: BinlogEvent): void => {
    if (event.getTypeName() !== "MariadbGtidList") return;
    const { gtids } = event as Extract<BinlogEvent, { getTypeName(): "MariadbGtidList" }>;
    onPosition(MariadbGtidPosition.fromGtidList(gtids).toString());
    stream.close();
  };
  const { client, stream } = openClient({ ...options, onEvent });
  client.start({ serverId: options.serverId, includeEvents: ["rotate", "format", "mariadbgtidlist"] });
  return stream;
}

interface OpenClient {
  client: ZongJi;
  stream: BinlogStream;
  fail: (error: unknown) => void;
}

function openClient(
  options: Pick<BinlogStreamOptions, "connection" | "onEvent" | "onError" | "connections">,
): OpenClient {
  selfTestPacketGuard();
  // dateStrings and timezone: else microseconds are cut and times depend on this machine's zone.
  // supportBigNumbers and jsonStrings: else integers beyond 2^53 and JSON numbers lose digits.
  const decoding = { dateStrings: true, timezone: "Z", supportBigNumbers: true, jsonStrings: true };
  const client = new ZongJi({ ...toConnectionOptions(options.connection), ...decoding });
  Object.assign(client, options.connections);
  let guard: PacketGuard | undefined;
  let delivered = 0;
  let closed = false;
  const close = (): void => {
    if (closed) return;
    closed = true;
    client.stop();
  };
  // Errors come in pairs (both connections of the client die together); the first one is the story.
  const fail = (error: unknown): void => {
    if (closed) return;
    close();
    options.onError(error);
  };

  client.on("error", fail);
  const deliver = (event: BinlogEvent): void => {
    if (closed) return;
    try {
      delivered += 1;
      assert(guard !== undefined && delivered <= guard.passed, "an event went around the packet guard");
      options.onEvent(event, guard.commitTime);
    } catch (error) {
      fail(error);
    }
  };
  client.on("binlog", deliver);
  // `ready` comes when every question on the connection has been answered and the dump command is about to be sent:
  // each packet after it is a binlog event.
  client.on("ready", () => {
    // By the way of the library's own events, so that there is one.
    const onOwnEvent = (event: OwnEvent): void => void client.emit("binlog", event as unknown as AnyBinlogEvent);
    guard = installPacketGuard(client.connection as unknown as InnerConnection, { onOwnEvent, onFault: fail });
  });
  return { client, stream: { close }, fail };
}

/** Our own account of the transactions that are stored. Never the library's: that one claims what we never got. */
export interface GtidProgress {
  add(gtid: string): void;
  toString(): string;
}

/** @throws on text that is not a GTID set of that flavor. */
export function createGtidProgress(flavor: Flavor, text: string): GtidProgress {
  const compact = text.replace(/\s/g, "");
  if (flavor === "mysql") return GtidSet.parse(compact);
  const position = MariadbGtidPosition.parse(compact);
  return {
    add: (gtid) => {
      const [domainId, serverId, seqNo] = gtid.split("-");
      assert(domainId !== undefined && serverId !== undefined && seqNo !== undefined, `not a MariaDB GTID: ${gtid}`);
      position.add({ domainId: Number(domainId), serverId: Number(serverId), seqNo });
    },
    toString: () => position.toString(),
  };
}

/** The union of GTID sets, in the server's own notation. */
export function mergeGtidSets(flavor: Flavor, sets: readonly string[]): string {
  return createGtidProgress(flavor, sets.filter(Boolean).join(",")).toString();
}
