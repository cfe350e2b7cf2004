// Stage infer. Takes the YAML text of a rule pack; gives the checked pack, or every mistake in it with file, line and
// column.
import type { z } from "zod";
import { AppError } from "../model/app-error.ts";
import { checkRules } from "./check-rules.ts";
import { nameOfPath } from "./rule-path.ts";
import { packSchema } from "./rule-schema.ts";
import type { PackDefinition } from "./rule-schema.ts";
import { suggestion } from "./suggest.ts";
import { readYaml } from "./yaml-source.ts";
import type { Mistake, YamlSource } from "./yaml-source.ts";

/** A pack without mistakes of its own: plain data, its expressions parsed and type-checked but kept as text. */
export interface RulePack extends PackDefinition {
  /**
   * `file:line:column` of the pack's name and of each table, for mistakes that only show when packs are put together.
   */
  at: { pack: string; tables: Record<string, string> };
}

/**
 * @param file name to show in messages; the file itself is not read
 * @throws AppError `rules.invalid`: the message is the first mistake, `details` are all of them in the order of the
 *   file
 */
export function parseRulePack(text: string, file: string): RulePack {
  const source = readYaml(text, file);
  if (source.mistakes.length > 0) throw invalidPack(source, source.mistakes);
  const parsed = packSchema.safeParse(source.data, { error: describeShape });
  if (!parsed.success) {
    throw invalidPack(
      source,
      parsed.error.issues.flatMap((issue) => shapeMistakes(issue, source)),
    );
  }
  const mistakes = checkRules(parsed.data, source);
  if (mistakes.length > 0) throw invalidPack(source, mistakes);
  const tables: Record<string, string> = {};
  for (const table of Object.keys(parsed.data.entities))
    tables[table] = source.at(source.keyOffset(["entities", table]));
  return { ...parsed.data, at: { pack: source.at(source.valueOffset(["pack"])), tables } };
}

/**
 * Of a pack with mistakes: what it says about tables, without its rules, so that no column goes unmasked because of a
 * mistake elsewhere. Undefined where that cannot be read either.
 */
export function parseEntities(text: string, file: string): RulePack | undefined {
  const { data, mistakes } = readYaml(text, file);
  if (mistakes.length > 0 || typeof data !== "object" || data === null) return undefined;
  const { pack, database, entities } = data as Record<string, unknown>;
  const parsed = packSchema.safeParse({ pack, version: 1, database, entities });
  if (!parsed.success) return undefined;
  const tables = Object.fromEntries(Object.keys(parsed.data.entities).map((table) => [table, file]));
  return { ...parsed.data, at: { pack: file, tables } };
}

/** Also used for mistakes between packs; `details` are whole lines, `file:line:column: message`. */
export function invalidRules(details: readonly string[]): AppError {
  return new AppError("rules.invalid", details[0]!, {
    hint: "Correct the rule pack. schema/rules/pharmacy.yaml explains the format in its comments.",
    details,
  });
}

function invalidPack(source: YamlSource, mistakes: readonly Mistake[]): AppError {
  const inOrder = mistakes.toSorted((a, b) => a.offset - b.offset);
  return invalidRules(inOrder.map((mistake) => `${source.at(mistake.offset)}: ${mistake.message}`));
}

function shapeMistakes(issue: z.core.$ZodIssue, source: YamlSource): Mistake[] {
  const path = issue.path as (string | number)[];
  if (issue.code === "unrecognized_keys") {
    const known = issue.message.split(" ");
    return issue.keys.map((key) => ({
      offset: source.keyOffset([...path, key]),
      message: `unknown key \`${key}\`${suggestion(key, known)}`,
    }));
  }
  const name = path.length === 0 ? "a rule pack" : nameOfPath(path, source.data);
  if (issue.code === "invalid_key") {
    return [{ offset: source.keyOffset(path), message: `${name} ${issue.issues[0]!.message}` }];
  }
  return [{ offset: source.valueOffset(path), message: `${name} ${issue.message}` }];
}

/** Words for what zod says about a value's type; the schema has its own words for the rest. */
function describeShape(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== "invalid_type") return undefined;
  if (issue.input === undefined) return "is missing";
  const expected = typeWords[issue.expected] ?? issue.expected;
  const isText = issue.expected === "string";
  const cure = isText && typeof issue.input !== "object" ? " (put it in quotes)" : "";
  return `must be ${expected}, not ${wordFor(issue.input)}${cure}`;
}

const typeWords: Record<string, string> = {
  string: "text",
  int: "a whole number",
  number: "a number",
  array: "a list",
  object: "a map of keys",
  record: "a map of keys",
};

function wordFor(value: unknown): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map of keys";
  if (typeof value === "string") return "text";
  return typeof value === "number" ? `the number ${value}` : `the value ${JSON.stringify(value)}`;
}
