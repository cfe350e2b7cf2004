// store: what rule packs say of their events' places and amounts -> SQL for them. Payload fields go in as values, never as text of SQL.
import type { RuleTerms } from "../model/rule-terms.ts";
import type { SqlValues } from "./event-filter.ts";

export interface TermColumns {
  /** Of `business_event b`: the place and the amount as the payload has them, and whether the event may have an amount. */
  sql: { branch: string; amount: string; hasAmount: string };
  values: SqlValues;
}

/** What counts as an amount: a sign, digits, a point, digits. A masked value or a text is none. */
export const numericAmount =
  "(amount GLOB '[0-9]*' OR amount GLOB '-[0-9]*') AND amount NOT GLOB '*[^0-9.-]*' AND amount NOT GLOB '?*-*' AND amount NOT GLOB '*.*.*' AND amount NOT GLOB '*.' AND length(amount) < 30";

export function termColumns({ events }: RuleTerms): TermColumns {
  const values: SqlValues = {};
  const valueOf = (field: "branch" | "amount"): { of: string; types: string[] } => {
    const types: string[] = [];
    const cases = [...events].flatMap(([type, terms], index) => {
      if (terms[field] === null) return [];
      values[`type${index}`] = type;
      values[`${field}${index}`] = `$."${terms[field]}"`;
      types.push(`@type${index}`);
      return [`WHEN @type${index} THEN b.payload ->> @${field}${index}`];
    });
    return { of: cases.length === 0 ? "NULL" : `CASE b.type ${cases.join(" ")} END`, types };
  };
  const branch = valueOf("branch");
  const amount = valueOf("amount");
  const hasAmount = amount.types.length === 0 ? "FALSE" : `b.type IN (${amount.types.join(", ")})`;
  return { sql: { branch: `CAST(${branch.of} AS TEXT)`, amount: amount.of, hasAmount }, values };
}
