// pipeline: names and paths of rule packs -> compiled rules, for commands that do not go on with a mistake in one.
import { type CompiledRules, compileRules } from "../infer/compile-rules.ts";
import type { RuleFailure } from "../infer/rule-failure.ts";
import { invalidRules, type RulePack } from "../infer/rule-pack.ts";
import type { Logger } from "../lib/logger.ts";
import { AppError } from "../model/app-error.ts";
import { goodPacks, readRuleFiles } from "./rule-files.ts";

/** @throws rules.invalid with file, line and column. */
export function loadRules(names: readonly string[], log: Logger): CompiledRules {
  return compileRules(loadPacks(names), warnOnce(log));
}

/** @throws rules.invalid with every mistake of every pack. */
export function loadPacks(names: readonly string[]): RulePack[] {
  const files = readRuleFiles(names);
  const mistakes = files.flatMap((file) => file.mistakes);
  if (mistakes.length === 0) return goodPacks(files);
  if (files.every(({ hash }) => hash !== null)) throw invalidRules(mistakes);
  throw new AppError("rules.invalid", mistakes[0]!, {
    hint: "Give the path of a YAML file, or `pharmacy`, the pack that comes with audit-overlay.",
    details: mistakes,
  });
}

/** Once per rule and part: a misspelt column would otherwise say so on every row. */
export function warnOnce(log: Logger): (failure: RuleFailure) => void {
  const told = new Set<string>();
  return ({ rule, part, message, event_id }) => {
    const key = `${rule.pack}/${rule.name}/${part}`;
    if (told.has(key)) return;
    told.add(key);
    log.warn(
      { rule: `${rule.pack}/${rule.name}`, version: rule.version, part, event_id, message },
      "a rule cannot be evaluated for a row; said once",
    );
  };
}
