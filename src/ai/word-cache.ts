// ai: words that were found good, kept in memory for a day: the same facts are not worded twice.
import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { canonicalJson } from "../lib/canonical-json.ts";
import type { Clock } from "../lib/clock.ts";
import type { Wording, WordingTask } from "../model/wording.ts";

export interface WordCache {
  get(key: string): Wording | undefined;
  set(key: string, wording: Wording): void;
}

const entriesMax = 500;
const keptMs = 24 * 60 * 60 * 1_000;

export function createWordCache(clock: Clock): WordCache {
  const cache = new LRUCache<string, Wording>({
    max: entriesMax,
    ttl: keptMs,
    ttlResolution: 0,
    perf: { now: () => clock.now() },
  });
  return { get: (key) => cache.get(key), set: (key, wording) => void cache.set(key, wording) };
}

/** @param about what else the words depend on: the model, the version of the prompt */
export function cacheKey({ purpose, lang, facts, plain }: WordingTask, about: readonly (string | number)[]): string {
  return createHash("sha256")
    .update(canonicalJson([purpose, lang, facts, plain, ...about]))
    .digest("hex");
}
