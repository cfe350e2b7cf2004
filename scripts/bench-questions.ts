// How quick the questions are: makes a store of synthetic sales and its search index, then asks each question many times.
// Arguments: the store's path (kept, and used again), row changes.
import { existsSync, statSync } from "node:fs";
import type { QuestionInput, QuestionName } from "../src/model/question.ts";
import { createLocalAnswerer } from "../src/pipeline/local-answerer.ts";
import { openStoreReader } from "../src/store/open-store.ts";
import { removeSearchIndex, searchIndexPath } from "../src/store/search-index.ts";
import { openSearchIndexer } from "../src/store/search-indexer.ts";
import { makeSalesStore } from "./bench/sales-store.ts";

const times = 100;
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const seconds = (since: number): string => `${((performance.now() - since) / 1_000).toFixed(1)} s`;
const megabytes = (file: string): string => `${Math.round(statSync(file).size / 1_048_576)} MB`;

function buildIndex(path: string): void {
  removeSearchIndex(path);
  const startedAt = performance.now();
  {
    using indexer = openSearchIndexer(path);
    for (let step = indexer.step(); typeof step !== "string" && step.done < step.of;) step = indexer.step();
  }
  print(`index built in ${seconds(startedAt)}: ${megabytes(searchIndexPath(path))} beside ${megabytes(path)}`);
}

const [path = "bench-questions.db", changes = "1000000"] = process.argv.slice(2);
if (!existsSync(path)) {
  const startedAt = performance.now();
  makeSalesStore(path, Number(changes));
  print(`made ${path} in ${seconds(startedAt)}`);
}
buildIndex(path);

const sales = Math.floor(Number(changes) / 4);
/** The same in each run, spread over the whole trail. */
const some = (index: number, of: number): number => ((index * 7_919) % of) + 1;
await using answerer = createLocalAnswerer(openStoreReader(path));

async function measure<Name extends QuestionName>(
  label: string,
  name: Name,
  inputOf: (index: number) => QuestionInput<Name>,
): Promise<void> {
  const taken: number[] = [];
  for (let index = 0; index < times; index += 1) {
    const startedAt = performance.now();
    await answerer.ask(name, inputOf(index));
    taken.push(performance.now() - startedAt);
  }
  const cold = taken[0] ?? 0;
  taken.sort((a, b) => a - b);
  const at = (share: number): string => (taken[Math.floor(taken.length * share)] ?? 0).toFixed(1);
  print(`${label.padEnd(44)} p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, first ${cold.toFixed(1)} ms`);
}

await measure("status", "status", () => ({}));
await measure("trace of a sale", "trace", (index) => ({ entity_type: "sale", entity_id: String(some(index, sales)) }));
await measure("trace of stock", "trace", (index) => ({
  entity_type: "inventory",
  entity_id: String(some(index, 9_600)),
}));
await measure("state of a sale", "entity_state", (index) => ({
  entity_type: "sale",
  entity_id: String(some(index, sales)),
}));
await measure("events, first page", "events", () => ({}));
await measure("events of a type", "events", () => ({ type: "sale.*" }));
await measure("events of an actor", "events", (index) => ({ actor: String(some(index, 40) - 1) }));
await measure("events of a stretch of time", "events", () => ({ from: "2026-01-02", to: "2026-01-02T01:00:00Z" }));
await measure("row changes, first page", "events", () => ({ kind: "change_event" }));
await measure("row changes of a table", "events", () => ({ kind: "change_event", table: "inventory" }));
await measure("row changes by operation", "events", () => ({ kind: "change_event", operation: "delete" }));
await measure("row changes of an actor", "events", (index) => ({
  kind: "change_event",
  actor: String(some(index, 40) - 1),
}));
await measure("row changes of nobody (to the budget)", "events", () => ({ kind: "change_event", actor: "nobody" }));
await measure("feed, nothing new", "feed", () => ({}));
await measure("search, a rare word", "search", (index) => ({
  kind: "change_event",
  text: String(some(index, sales) + 10_000),
}));
await measure("search, a common word", "search", () => ({ kind: "change_event", text: "completed" }));
await measure("search, the beginning of many words", "search", () => ({ kind: "change_event", text: "123" }));
await measure("search, several words", "search", (index) => ({
  kind: "change_event",
  text: `completed ${some(index, sales)}`,
}));
await measure("search, common words that never meet", "search", () => ({
  kind: "change_event",
  text: "inventory completed",
}));
await measure("search, no such word", "search", () => ({ kind: "change_event", text: "nowhere" }));
await measure("search, % (to the budget)", "search", () => ({ kind: "change_event", text: "%" }));
await measure("search of business events", "search", (index) => ({ text: `sale ${some(index, sales)}` }));
