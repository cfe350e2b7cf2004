// pipeline: the rules in force. Reads the packs at the start and again when told to, and notes in the chain which ones count.
// A pack with a mistake never stops ingest: its last good version goes on, and the chain and `status` say so. That version
// comes from the chain itself, so that a restart changes nothing. The chain thus holds the text of every rule that ever was
// in force.
import { isDeepStrictEqual } from "node:util";
import { type ChangeHistory, clockSlackMs, createChangeHistory, noHistory } from "../infer/change-history.ts";
import { type CompiledRules, compileRules } from "../infer/compile-rules.ts";
import { parseEntities, parseRulePack, type RulePack } from "../infer/rule-pack.ts";
import type { JsonObject } from "../lib/canonical-json.ts";
import type { Logger } from "../lib/logger.ts";
import { AppError, errorFields } from "../model/app-error.ts";
import { inferredChangesMax } from "../model/business-event.ts";
import type { RulePackStatus } from "../model/trace.ts";
import type { LedgerWriter } from "../store/ledger-writer.ts";
import type { IngestRules } from "./batch-handler.ts";
import { warnOnce } from "./load-rules.ts";
import { contradictions, readRuleFile, type RuleFile, rulePath } from "./rule-files.ts";

export interface RuleBook extends IngestRules {
  readonly paths: readonly string[];
  /** Notes the packs in the chain, unless it says the same already. Not before the store is known to be the right one. */
  tell(): void;
  /** Reads the packs again, and puts in force what changed. Between transactions only. */
  reload(): void;
  /** What was inferred last is not in the store: the rules look back at what is. */
  forgetUnstored(): void;
}

export interface RuleBookOptions {
  names: readonly string[];
  store: LedgerWriter;
  log: Logger;
  now: () => string;
}

/** What the chain notes of a pack: with the text in force, from which it can be compiled again. */
type PackRecord = RulePackStatus & { text: string | null };

interface PackInForce {
  record: PackRecord;
  pack: RulePack | null;
}

interface Edition {
  packs: readonly PackInForce[];
  rules: CompiledRules;
  history: ChangeHistory;
}

export function openRuleBook({ names, store, log, now }: RuleBookOptions): RuleBook {
  const read = (known: readonly PackRecord[]): Edition => {
    const packs = choosePacks(names.map(readRuleFile), known);
    const rules = compileRules(
      packs.flatMap(({ pack }) => pack ?? []),
      warnOnce(log),
    );
    return { packs, rules, history: fillHistory(rules, store, log) };
  };
  const newest = store.newestRules()?.["rule_packs"] as unknown as PackRecord[] | undefined;
  let told = newest ?? [];
  let edition = read(told);

  const records = (): PackRecord[] => edition.packs.map(({ record }) => record);
  const tell = (): void => {
    const current = records();
    for (const { file, state, mistakes } of current) {
      if (state !== "current") log.error({ rules: file, in_force: state, mistakes }, stateWords[state]);
    }
    if (isDeepStrictEqual(current, told)) return;
    store.note("config", { rule_packs: current as unknown as JsonObject[] }, now());
    told = current;
    const packs = current.map(({ file, state, pack, version, hash }) => ({ rules: file, state, pack, version, hash }));
    log.info({ packs }, "rules in force");
  };
  const renew = (): void => {
    const next = read(records());
    const isSame = isDeepStrictEqual(
      next.packs.map(({ record }) => record),
      records(),
    );
    if (isSame) {
      log.info({ rules: names }, "rule packs read again: nothing changed");
      return;
    }
    edition = next;
    tell();
  };
  return {
    paths: names.map(rulePath),
    mapping: (database, table) => edition.rules.mapping(database, table),
    infer(events) {
      const { rules, history } = edition;
      if (rules.preceding.length === 0) return rules.infer(events);
      // A transaction that comes again has its events already, and must not use up changes for them twice.
      if (events[0] !== undefined && store.holds(events[0].transaction_id)) return [];
      const inferred = rules.infer(events, history);
      history.add(events);
      return inferred;
    },
    tell,
    forgetUnstored() {
      edition = { ...edition, history: fillHistory(edition.rules, store, log) };
    },
    reload() {
      const former = edition;
      try {
        renew();
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        // Rules count only with their entry in the chain. A store that cannot be written ends capture by itself, in words.
        edition = former;
        log.error(errorFields(error), "rule packs cannot be put in force: those that were go on");
      }
    },
  };
}

const stateWords: Record<Exclude<RulePackStatus["state"], "current">, string> = {
  earlier: "a rule pack has mistakes: its last good version goes on",
  entities: "a rule pack has mistakes and is left out: only its entities and masks count",
  none: "a rule pack has mistakes and is left out: NO COLUMN OF ITS TABLES IS MASKED",
};

/** For each file the best that is without contradiction to the packs before it: itself, its last good text, its entities. */
function choosePacks(files: readonly RuleFile[], known: readonly PackRecord[]): PackInForce[] {
  const chosen: RulePack[] = [];
  return files.map((file) => {
    const { name } = file;
    const former = known.find((record) => record.file === name);
    let { mistakes } = file;
    const put = (pack: RulePack, state: RulePackStatus["state"], text: string | null, hash: string | null) => {
      chosen.push(pack);
      const record = { file: name, state, pack: pack.pack, version: pack.version, hash, rules: pack.rules.length };
      return { record: { ...record, mistakes, text }, pack };
    };
    if (file.pack !== null) {
      mistakes = contradictions(chosen, file.pack);
      if (mistakes.length === 0) return put(file.pack, "current", file.text, file.hash);
    }
    const earlier = parseFormer(former);
    if (earlier && contradictions(chosen, earlier).length === 0) {
      return put(earlier, "earlier", former!.text, former!.hash);
    }
    const entities = file.text === null ? undefined : parseEntities(file.text, name);
    if (entities && contradictions(chosen, entities).length === 0) return put(entities, "entities", null, file.hash);
    const none = { file: name, state: "none", pack: null, version: null, hash: file.hash, rules: 0 } as const;
    return { record: { ...none, mistakes, text: null }, pack: null };
  });
}

/** Undefined where it was never good, or is of an older audit-overlay that understood it otherwise. */
function parseFormer(former: PackRecord | undefined): RulePack | undefined {
  if (typeof former?.text !== "string") return undefined;
  try {
    return parseRulePack(former.text, former.file);
  } catch {
    return undefined;
  }
}

/** What the rules look back at, as it would be had capture never stopped. */
function fillHistory({ preceding }: CompiledRules, store: LedgerWriter, log: Logger): ChangeHistory {
  if (preceding.length === 0) return noHistory;
  const dropped = new Set<string>();
  const history = createChangeHistory(preceding, ({ name, rule }) => {
    const key = `${rule.pack}/${rule.name}: preceded_by.${name}`;
    if (dropped.has(key)) return;
    dropped.add(key);
    log.warn({ rule: key }, "more changes may precede than are kept: the oldest no longer count; said once");
  });
  const recent = store.recentChanges({
    tables: [...new Set(preceding.map(({ table }) => table))],
    withinMs: Math.max(...preceding.map(({ withinMs }) => withinMs)) + clockSlackMs,
    changesMax: inferredChangesMax,
  });
  for (const { event_id, ...rule } of recent?.used ?? []) history.use(rule, event_id);
  for (const change of recent?.changes ?? []) history.add([change]);
  return history;
}
