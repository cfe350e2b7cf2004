// pipeline: the watches that detection looks by, from what the ledger notes of the rule packs in force.
import { parseRulePack } from "../infer/rule-pack.ts";
import { watchesOf } from "../infer/watches.ts";
import type { JsonObject } from "../lib/canonical-json.ts";
import type { Logger } from "../lib/logger.ts";
import { AppError, errorFields } from "../model/app-error.ts";
import type { WatchDefinition } from "../model/detection.ts";

/** @param detail of the ledger's entry */
export function watchesInForce(detail: JsonObject, log: Logger): WatchDefinition[] {
  const packs = detail["rule_packs"] as unknown as { file: string; text: string | null }[];
  return watchesOf(
    packs.flatMap(({ file, text }) => {
      // Of a pack that was never good the ledger has no text.
      if (text === null) return [];
      try {
        return parseRulePack(text, file);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        // Written for another version of audit-overlay.
        log.warn({ rules: file, ...errorFields(error) }, "the watches of a rule pack in force cannot be read");
        return [];
      }
    }),
  );
}
