// pipeline: names and paths of rule packs -> compiled rules.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type CompiledRules, compileRules } from "../infer/compile-rules.ts";
import type { RuleFailure } from "../infer/rule-failure.ts";
import { parseRulePack } from "../infer/rule-pack.ts";
import type { Logger } from "../lib/logger.ts";
import { packageRoot } from "../lib/package-root.ts";
import { AppError } from "../model/app-error.ts";

/** @throws rules.invalid with file, line and column. */
export function loadRules(packs: readonly string[], log: Logger): CompiledRules {
  const told = new Set<string>();
  // Once per rule and part: a misspelt column would otherwise say so on every row.
  const onFailure = ({ rule, part, message, event_id }: RuleFailure): void => {
    const key = `${rule.pack}/${rule.name}/${part}`;
    if (told.has(key)) return;
    told.add(key);
    log.warn(
      { rule: `${rule.pack}/${rule.name}`, version: rule.version, part, event_id, message },
      "a rule cannot be evaluated for a row; said once",
    );
  };
  return compileRules(
    packs.map((pack) => parseRulePack(readPack(pack), pack)),
    onFailure,
  );
}

export function readPack(pack: string): string {
  const isName = /^[a-z0-9-]+$/.test(pack);
  try {
    return readFileSync(isName ? join(packageRoot, "schema", "rules", `${pack}.yaml`) : pack, "utf8");
  } catch (error) {
    throw new AppError("rules.invalid", `there is no rule pack ${pack}`, {
      hint: "Give the path of a YAML file, or `pharmacy`, the pack that comes with audit-overlay.",
      cause: error,
    });
  }
}
