// pipeline: names of rule packs -> the columns that they mask, under whatever table. Also of a pack with mistakes in its rules.
import { parseEntities } from "../infer/rule-pack.ts";
import { readRuleFile } from "./rule-files.ts";

export function maskedColumns(names: readonly string[]): ReadonlySet<string> {
  return new Set(
    names.flatMap((name) => {
      const { pack, text } = readRuleFile(name);
      const read = pack ?? (text === null ? undefined : parseEntities(text, name));
      return Object.values(read?.entities ?? {}).flatMap(({ mask }) => mask ?? []);
    }),
  );
}
