// The whole way of a packet through capture without a server: the guard, the client library's real decoder, the assembler.
// What stands in for the server is the connection: it answers the library's questions and hands over the packets it is given.
/* oxlint-disable no-underscore-dangle -- the names are those of mysql2 */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { openBinlogStream } from "../../src/capture/binlog-client.ts";
import type { GuardedConnection, WirePacket } from "../../src/capture/packet-guard.ts";
import { toSourceError } from "../../src/capture/source-error.ts";
import { createTransactionAssembler } from "../../src/capture/transaction-assembler.ts";
import { systemClock } from "../../src/lib/clock.ts";
import type { AppError } from "../../src/model/app-error.ts";
import type { Flavor } from "../../src/model/capture-state.ts";
import type { RawTransaction } from "../../src/model/raw-transaction.ts";

export interface Fed {
  transactions: RawTransaction[];
  /** What ended the stream, as capture would name it. */
  error: AppError | undefined;
}

interface Command {
  on(name: "error", listener: (error: unknown) => void): void;
  execute(packet: WirePacket | undefined, connection: unknown): boolean;
}

const require = createRequire(import.meta.url);
type PacketClass = new (id: number, buffer: Buffer, start: number, end: number) => WirePacket;
const Packet = require(join(dirname(require.resolve("mysql2")), "lib", "packets", "packet.js")) as PacketClass;

const connection = { host: "nowhere", port: 1, user: "u", password: "", tls: "off", tlsCa: undefined } as const;
const versions: Record<Flavor, string> = { mysql: "9.7.4", mariadb: "10.11.18-MariaDB-log" };

/** Each packet is followed by these bytes in its buffer, as the next packets would: they must turn up nowhere. */
export const canary = "bytes of another packet";
const wireHeaderBytes = 4;

/** `packets`: what comes after the four bytes of the wire's own header, marker first. Feeding stops at the first error. */
export async function feedPackets(flavor: Flavor, packets: readonly Buffer[]): Promise<Fed> {
  const fed: Fed = { transactions: [], error: undefined };
  const assembler = createTransactionAssembler({
    flavor,
    clock: systemClock,
    databases: new Set(),
    onTransaction: (transaction) => void fed.transactions.push(transaction),
    onIncident: () => assert.fail("an incident that nobody recorded"),
    onPart: ({ gtid }) => assert.fail(`${gtid} of a few rows came in parts`),
  });
  const onError = (error: unknown): void => void (fed.error ??= toSourceError(error, connection));
  const inner = fakeConnection(flavor, onError);
  const stream = openBinlogStream({
    connection,
    flavor,
    gtidSet: "",
    serverId: 5,
    sourceId: "1",
    heartbeatMs: 1_000,
    onEvent: (event, commitTime) => assembler.push(event, commitTime),
    onError,
    connections: { connection: inner, ctrlConnection: fakeConnection(flavor, onError) },
  });
  await inner.dumping;
  for (const content of packets) {
    const buffer = Buffer.concat([Buffer.alloc(wireHeaderBytes), content, Buffer.from(canary.repeat(4))]);
    inner.handlePacket(new Packet(0, buffer, 0, wireHeaderBytes + content.length));
    if (fed.error !== undefined) break;
  }
  stream.close();
  return fed;
}

function fakeConnection(flavor: Flavor, onError: (error: unknown) => void) {
  const { promise: dumping, resolve } = Promise.withResolvers<void>();
  const answer = [{ version: versions[flavor], checksum: "CRC32", id: "1" }];
  const fake = {
    dumping,
    // As openBinlogStream asks for them: the decoder looks them up on its connection.
    config: { dateStrings: true, timezone: "Z", supportBigNumbers: true, jsonStrings: true },
    clientEncoding: "utf8",
    _command: undefined as Command | undefined,
    handlePacket: (packet?: WirePacket): void => {
      // As mysql2 does: what a command throws ends the connection.
      try {
        if (packet !== undefined) fake._command?.execute(packet, fake);
      } catch (error) {
        onError(error);
      }
    },
    addCommand: (command: Command): void => {
      fake._command = command;
      command.on("error", onError);
      command.execute(undefined, fake);
      resolve();
    },
    query: (_sql: string, done: (error: null, rows: object[]) => void): void => done(null, answer),
    writePacket: () => {},
    _resetSequenceId: () => {},
    _bumpSequenceId: () => {},
    on: () => {},
    removeAllListeners: () => {},
    // The library asks a server without full metadata for a table's columns.
    execute: (_sql: string, _values: unknown, done: (error: Error) => void): void => done(new Error("no such table")),
    pause: () => {},
    resume: () => {},
    destroy: () => {},
  };
  return fake as typeof fake & GuardedConnection;
}
