// pipeline: a reader -> what the rule packs in force say about how things are told of. Parsed once for each text.
import { parseRulePack, type RulePack } from "../infer/rule-pack.ts";
import { termsOf } from "../infer/rule-terms.ts";
import { AppError } from "../model/app-error.ts";
import type { RuleTerms } from "../model/rule-terms.ts";
import type { RulePackText, StoreReader } from "../store/store-reader.ts";

const known = new WeakMap<StoreReader, { key: string; terms: RuleTerms }>();

export function packTerms(reader: StoreReader): RuleTerms {
  const packs = reader.rulePackTexts();
  const key = packs.map(({ text }) => text).join("\0");
  const cached = known.get(reader);
  if (cached?.key === key) return cached.terms;
  const terms = termsOf(packs.flatMap((pack) => readPack(pack) ?? []));
  known.set(reader, { key, terms });
  return terms;
}

/** undefined where this version cannot read what another one has written. */
function readPack({ text, file }: RulePackText): RulePack | undefined {
  try {
    return parseRulePack(text, file);
  } catch (error) {
    if (error instanceof AppError && error.code === "rules.invalid") return undefined;
    throw error;
  }
}
