// pipeline: settings and the findings file -> a wordsmith whose questions to a model are written down, and told of.
import { setTimeout as sleep } from "node:timers/promises";
import { createWordsmith, type Wordsmith } from "../ai/wordsmith.ts";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import type { Config } from "../model/config.ts";
import type { Sample } from "../model/sample.ts";
import type { FindingsStore } from "../store/findings-store.ts";
import { maskedColumns } from "./masked-columns.ts";

export interface OpenWordsmithOptions {
  /** `model_key` holds the key itself: whoever read the settings has read `model_key_file`. */
  config: Config;
  findings: Pick<FindingsStore, "beginModelCall" | "endModelCall">;
  /** A question waits for its entry in the chain. */
  onModelCalled: () => void;
  onMeasured?: (samples: readonly Sample[]) => void;
  clock: Clock;
  log: Logger;
}

export function openWordsmith({
  config,
  findings,
  onModelCalled,
  onMeasured,
  clock,
  log,
}: OpenWordsmithOptions): Wordsmith {
  const { model_provider: provider, model_url: url, model, model_key: key } = config;
  const masked = new Set<string>();
  return createWordsmith({
    model: provider === "off" ? null : { provider, url, model, key },
    deadline: () => AbortSignal.timeout(config.model_timeout_seconds * 1_000),
    // All that was masked since the start: a pack that cannot be read while somebody edits it takes no mask away.
    maskedFields() {
      for (const column of maskedColumns(config.rules)) masked.add(column);
      return masked;
    },
    journal: {
      begin: (call) => findings.beginModelCall(call),
      end: (id, end) => {
        findings.endModelCall(id, end);
        onModelCalled();
      },
    },
    clock,
    wait: (ms, signal) => sleep(ms, undefined, { signal }),
    log,
    onCounted: (samples) => onMeasured?.(samples),
  });
}
