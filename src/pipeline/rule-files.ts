// pipeline: names and paths of rule packs -> what each file holds: a good pack, or its mistakes. Never throws because of one.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compileMapping } from "../infer/compile-mapping.ts";
import { parseRulePack, type RulePack } from "../infer/rule-pack.ts";
import { packageRoot } from "../lib/package-root.ts";
import { AppError } from "../model/app-error.ts";

export interface RuleFile {
  /** As it was named: a path, or the name of a pack that comes with audit-overlay. */
  name: string;
  path: string;
  /** Null where it cannot be read. */
  text: string | null;
  /** SHA-256 of the text, in hex. */
  hash: string | null;
  /** Null when there are mistakes. */
  pack: RulePack | null;
  /** Each `file:line:column: message`, in the order of the file. */
  mistakes: readonly string[];
}

/** Packs that contradict each other: the later one has the mistake. */
export function readRuleFiles(names: readonly string[]): RuleFile[] {
  const good: RulePack[] = [];
  return names.map((name) => {
    const file = readRuleFile(name);
    if (file.pack === null) return file;
    const mistakes = contradictions(good, file.pack);
    if (mistakes.length > 0) return { ...file, pack: null, mistakes };
    good.push(file.pack);
    return file;
  });
}

export function goodPacks(files: readonly RuleFile[]): RulePack[] {
  return files.flatMap(({ pack }) => pack ?? []);
}

export function rulePath(name: string): string {
  return /^[a-z0-9-]+$/.test(name) ? join(packageRoot, "schema", "rules", `${name}.yaml`) : name;
}

export function readRuleFile(name: string): RuleFile {
  const path = rulePath(name);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const message =
      code === "ENOENT" ? `there is no rule pack ${name}` : `the rule pack ${name} cannot be read (${code ?? "?"})`;
    return { name, path, text: null, hash: null, pack: null, mistakes: [message] };
  }
  return { name, path, text, hash: createHash("sha256").update(text).digest("hex"), ...parse(text, name) };
}

function parse(text: string, name: string): Pick<RuleFile, "pack" | "mistakes"> {
  let pack: RulePack | null = null;
  const mistakes = mistakesOf(() => (pack = parseRulePack(text, name)));
  return { pack, mistakes };
}

/** What is wrong with a pack beside others that are in force. */
export function contradictions(others: readonly RulePack[], pack: RulePack): readonly string[] {
  return mistakesOf(() => compileMapping([...others, pack]));
}

function mistakesOf(work: () => unknown): readonly string[] {
  try {
    work();
    return [];
  } catch (error) {
    if (error instanceof AppError && error.code === "rules.invalid") return error.details;
    throw error;
  }
}
