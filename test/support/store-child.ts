// A program of its own that uses a store, for tests of locks, kills and limits. Arguments: what to do, the store's path.
// It tells on standard output, line by line, what it has done.
import { writeSync } from "node:fs";
import Database from "better-sqlite3";
import { AppError } from "../../src/model/app-error.ts";
import { openStore } from "../../src/store/open-store.ts";
import { openSearchIndexer } from "../../src/store/search-indexer.ts";
import { changeOf, checkpointAt, now, startLedger, transactionOf } from "./ledger.ts";

const [task, path = ""] = process.argv.slice(2);
/** Synchronous: a line that was written is there, however the process ends. */
const say = (line: string): void => void writeSync(1, `${line}\n`);

/** Appends batches of three sales for ever, each in one commit. */
function appendForEver(): never {
  using store = openStore(path);
  if (store.checkpoint() === undefined) startLedger(store);
  const done = Number(/-(\d+)$/.exec(store.checkpoint()?.gtid_set ?? "")?.[1] ?? 0);
  for (let last = done + 3; ; last += 3) {
    store.append([transactionOf(last - 2), transactionOf(last - 1), transactionOf(last)], checkpointAt(last), now);
    say(String(last));
  }
}

/** Appends sales with a large row until the file may not grow any more. */
function fillUp(): void {
  using store = openStore(path);
  startLedger(store);
  for (let number = 1; number < 10_000; number += 1) {
    const changes = [changeOf(number, 0, { after: { text: "x".repeat(20_000) } })];
    store.append([{ ...transactionOf(number), changes, businessEvents: [] }], checkpointAt(number), now);
    say(String(number));
  }
}

/** Brings the search index up to the store. */
function indexAll(): void {
  using indexer = openSearchIndexer(path);
  for (;;) {
    const step = indexer.step();
    say(JSON.stringify(step));
    if (typeof step === "string" || step.done >= step.of) return;
  }
}

try {
  switch (task) {
    case "hold": {
      const store = openStore(path);
      say(`holding ${store.path}`);
      process.stdin.resume();
      process.stdin.once("end", () => store[Symbol.dispose]());
      break;
    }
    case "block": {
      // Another program that writes into the store's file, past the lock file.
      const db = new Database(path);
      db.exec("BEGIN IMMEDIATE");
      say("blocking");
      process.stdin.resume();
      process.stdin.once("end", () => db.close());
      break;
    }
    case "append":
      appendForEver();
      break;
    case "fill":
      fillUp();
      break;
    case "index":
      indexAll();
      break;
    case "open":
      openStore(path)[Symbol.dispose]();
      say("opened");
      break;
    default:
      throw new Error(`no task called ${task}`);
  }
} catch (error) {
  if (!(error instanceof AppError)) throw error;
  say(error.code);
}
