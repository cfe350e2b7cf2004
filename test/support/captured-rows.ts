// Capture and normalize, without a store: what a server's log says of one database from a moment on, as change events.
import { runCapture } from "../../src/capture/capture.ts";
import { runPreflight } from "../../src/capture/preflight.ts";
import { systemClock } from "../../src/lib/clock.ts";
import type { Checkpoint } from "../../src/model/raw-transaction.ts";
import type { ChangeEvent } from "../../src/model/change-event.ts";
import { normalizeTransaction } from "../../src/normalize/change-events.ts";
import { type Source, toSourceConnection } from "./source.ts";

/** Reads from `from` to what is committed by now. Rejects with what stops capture before. */
export async function readChanges(source: Source, from: string, valueBytesMax = 1_048_576): Promise<ChangeEvent[]> {
  const { identity } = await runPreflight(toSourceConnection(source.address));
  const target = await source.position();
  const changes: ChangeEvent[] = [];
  let stored: Checkpoint = { gtid_set: from, binlog_file: null, binlog_position: null };
  const enough = new AbortController();
  await runCapture({
    connection: toSourceConnection(source.address),
    flavor: source.flavor,
    serverId: 1_000_000 + Math.floor(Math.random() * 1_000_000),
    databases: [source.database],
    sourceId: identity.server_id,
    watchMs: 60_000,
    heartbeatMs: 1_000,
    silenceMs: 20_000,
    loadCheckpoint: () => stored,
    onBatch: ({ transactions, checkpoint }) => {
      stored = checkpoint;
      for (const each of transactions) changes.push(...normalizeTransaction(each, () => undefined, { valueBytesMax }));
      void source.covers(checkpoint.gtid_set, target).then((covered) => covered && enough.abort());
    },
    onPart: (part) => changes.push(...normalizeTransaction(part, () => undefined, { valueBytesMax })),
    onIncident: () => false,
    onAbandoned: () => {},
    onSettings: () => {},
    onState: () => {},
    onVerified: () => {},
    clock: systemClock,
    signal: enough.signal,
  });
  return changes;
}
