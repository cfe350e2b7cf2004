// Stage infer. Takes the text of a rule pack as the ledger noted it; gives what people call the events of its rules.
import { parse } from "yaml";
import { z } from "zod";

export interface RuleLabel {
  name: string;
  version: number;
  label: { en: string; es?: string | undefined };
}

/** Only these keys, whatever else the text has: an older program's pack keeps its labels though its rules are no longer read. */
const labelled = z.object({
  name: z.string(),
  version: z.int(),
  label: z.object({ en: z.string(), es: z.string().optional() }),
});
const pack = z.object({ rules: z.array(z.unknown()) });

export function readRuleLabels(text: string): RuleLabel[] {
  const { data } = pack.safeParse(parseYaml(text));
  return (data?.rules ?? []).flatMap((rule) => labelled.safeParse(rule).data ?? []);
}

function parseYaml(text: string): unknown {
  try {
    return parse(text, { logLevel: "silent" });
  } catch {
    return undefined;
  }
}
