// Stage infer. Takes checked rule packs; gives what they say as plain functions: table -> entity, and changes of a
// transaction -> business events.
import type { BusinessEvent } from "../model/business-event.ts";
import type { ChangeEvent, Operation } from "../model/change-event.ts";
import type { EntityMapping } from "../model/entity-mapping.ts";
import { noHistory } from "./change-history.ts";
import type { ChangeHistory, PrecedingSelector } from "./change-history.ts";
import { createChangeLookup } from "./change-lookup.ts";
import { compileMapping } from "./compile-mapping.ts";
import { compileRule } from "./compile-rule.ts";
import type { CompiledRule } from "./compile-rule.ts";
import type { RuleFailure } from "./rule-failure.ts";
import type { RulePack } from "./rule-pack.ts";

export interface CompiledRules {
  mapping: EntityMapping;
  /**
   * @param events all the changes of one source transaction, in their order
   * @param history what rules with `preceded_by` look back at; each earlier change that an event rests on is used up in
   *   it. The caller adds `events` to it afterwards.
   * @returns in the order of the triggering changes, then of the rules. Never throws because of what a row holds.
   */
  infer(events: readonly ChangeEvent[], history?: ChangeHistory): BusinessEvent[];
  /** What the rules look for in earlier transactions; most packs have none. */
  preceding: readonly PrecedingSelector[];
  rules: readonly { pack: string; name: string; version: number; type: string }[];
}

/**
 * @param onFailure told of every expression that could not be evaluated for a row; see rule-failure.ts. It must not
 *   throw.
 * @throws AppError `rules.invalid` when packs contradict each other
 */
export function compileRules(
  packs: readonly RulePack[],
  onFailure: (failure: RuleFailure) => void = () => undefined,
): CompiledRules {
  const mapping = compileMapping(packs);
  const rules = packs.flatMap((pack) => pack.rules.map((rule) => compileRule(rule, pack, onFailure)));
  const rulesOfTable = indexRules(rules);
  return {
    mapping,
    rules: rules.map(({ reference, type }) => ({ ...reference, type })),
    preceding: rules.flatMap((rule) => rule.preceding),
    infer(events, history = noHistory) {
      const inferred: BusinessEvent[] = [];
      const lookup = createChangeLookup(events);
      for (const event of events) {
        const candidates = rulesOfTable.get(event.source_table)?.get(event.operation);
        if (!candidates) continue;
        for (const rule of candidates) {
          if (rule.database !== undefined && rule.database !== event.source_db) continue;
          const businessEvent = rule.fire(event, lookup, history);
          if (businessEvent) inferred.push(businessEvent);
        }
      }
      return inferred;
    },
  };
}

/** A row that no rule is about costs one lookup. */
function indexRules(rules: readonly CompiledRule[]): Map<string, Map<Operation, CompiledRule[]>> {
  const index = new Map<string, Map<Operation, CompiledRule[]>>();
  for (const rule of rules) {
    const ofTable = index.get(rule.table) ?? new Map<Operation, CompiledRule[]>();
    index.set(rule.table, ofTable);
    for (const operation of rule.operations) ofTable.set(operation, [...(ofTable.get(operation) ?? []), rule]);
  }
  return index;
}
