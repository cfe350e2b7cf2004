// serve/cli: names and paths of rule packs -> compiled rules.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type CompiledRules, compileRules } from "../../infer/compile-rules.ts";
import { parseRulePack } from "../../infer/rule-pack.ts";
import { packageRoot } from "../../lib/package-root.ts";
import { AppError } from "../../model/app-error.ts";

/** @throws rules.invalid with file, line and column. */
export function loadRules(packs: readonly string[]): CompiledRules {
  return compileRules(packs.map((pack) => parseRulePack(readPack(pack), pack)));
}

function readPack(pack: string): string {
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
