// pipeline: the inside of the thread that has a store only to take posts. Opens it, loads the rules, answers until told to stop.
import { once } from "node:events";
import { parentPort, workerData } from "node:worker_threads";
import { assert } from "../lib/assert.ts";
import { systemClock, toTimestamp } from "../lib/clock.ts";
import { AppError } from "../model/app-error.ts";
import { openStore } from "../store/open-store.ts";
import { chainModelCalls } from "./chain-model-calls.ts";
import { createPostDesk } from "./post-desk.ts";
import { createPostHandler } from "./post-handler.ts";
import type { PostTask, PostThreadMessage, PostThreadOrder } from "./post-thread.ts";
import { openRuleBook } from "./rule-book.ts";
import { openThreadLog } from "./thread-log.ts";
import { watchRuleFiles } from "./watch-rule-files.ts";

assert(parentPort !== null, "the post worker runs in a thread");
const port = parentPort;
const tell = (message: PostThreadMessage): void => port.postMessage(message);
const stop = new AbortController();
let reload = (): void => {};
let chain = (): void => {};
const posts = createPostDesk(tell);
port.on("message", (order: PostThreadOrder) => {
  if (order === "stop") stop.abort();
  else if (order === "reload") reload();
  else if (order === "model_called") chain();
  else posts.take(order);
});

try {
  const { config, version } = workerData as PostTask;
  const logOf = openThreadLog(config, tell);
  using store = openStore(config.store);
  const now = (): string => toTimestamp(systemClock.now());
  const rules = openRuleBook({ names: config.rules, store, log: logOf("rules"), now });
  rules.tell();
  reload = () => rules.reload();
  chain = () => void chainModelCalls({ store, clock: systemClock, log: logOf("store") });
  chain();
  watchRuleFiles(rules.paths, () => reload(), stop.signal);
  const normalize = { valueBytesMax: config.value_bytes_max, actorTags: config.actor_tags };
  const handler = createPostHandler({ store, rules, normalize, version, captured: null, log: logOf("store"), now });
  posts.open(handler, store.countPosted() > 0, (work) => work());
  tell({ kind: "opened" });
  await once(stop.signal, "abort");
} catch (error) {
  if (!(error instanceof AppError)) throw error;
  tell({ kind: "failed", error: error.toJSON().error });
} finally {
  posts.close();
  // A port that is listened to keeps the thread alive.
  port.close();
}
