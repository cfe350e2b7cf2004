// pipeline: the inside of the ingest thread. Opens the store, loads the rules, runs until it is told to stop.
import { parentPort, workerData } from "node:worker_threads";
import { assert } from "../lib/assert.ts";
import { systemClock, toTimestamp } from "../lib/clock.ts";
import { AppError } from "../model/app-error.ts";
import { openStore } from "../store/open-store.ts";
import { chainModelCalls } from "./chain-model-calls.ts";
import { runIngest } from "./ingest.ts";
import type { IngestMessage, IngestOrder, IngestTask } from "./ingest-thread.ts";
import { createPostDesk } from "./post-desk.ts";
import { createPostHandler } from "./post-handler.ts";
import { openRuleBook } from "./rule-book.ts";
import { openThreadLog } from "./thread-log.ts";
import { watchRuleFiles } from "./watch-rule-files.ts";

assert(parentPort !== null, "the ingest worker runs in a thread");
const port = parentPort;
const tell = (message: IngestMessage): void => port.postMessage(message);
const stop = new AbortController();
let reload = (): void => {};
let chain = (): void => {};
const posts = createPostDesk(tell);
port.on("message", (order: IngestOrder) => {
  if (order === "stop") stop.abort();
  else if (order === "reload") reload();
  else if (order === "model_called") chain();
  else posts.take(order);
});

try {
  const { config, connection, version, acceptGap } = workerData as IngestTask;
  const logOf = openThreadLog(config, tell);
  using store = openStore(config.store);
  const now = (): string => toTimestamp(systemClock.now());
  const rules = openRuleBook({ names: config.rules, store, log: logOf("rules"), now });
  tell({ kind: "opened", checkpoint: store.checkpoint() });
  await runIngest({
    config,
    connection,
    rules,
    store,
    version,
    acceptGap,
    onStarted: (betweenTransactions) => {
      rules.tell();
      reload = () => betweenTransactions(() => rules.reload());
      chain = () => betweenTransactions(() => void chainModelCalls({ store, clock: systemClock, log: logOf("store") }));
      chain();
      watchRuleFiles(rules.paths, () => reload(), stop.signal);
      const normalize = { valueBytesMax: config.value_bytes_max, actorTags: config.actor_tags };
      const captured = config.databases;
      const log = logOf("store");
      const handler = createPostHandler({ store, rules, normalize, version, captured, log, now });
      posts.open(handler, store.countPosted() > 0, betweenTransactions);
    },
    onState: (state) => tell({ kind: "state", state }),
    onMeasured: (samples) => tell({ kind: "measured", samples }),
    clock: systemClock,
    log: logOf("capture"),
    storeLog: logOf("store"),
    signal: stop.signal,
  });
} catch (error) {
  if (!(error instanceof AppError)) throw error;
  tell({ kind: "failed", error: error.toJSON().error });
} finally {
  posts.close();
  // A port that is listened to keeps the thread alive.
  port.close();
}
