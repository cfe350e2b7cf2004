// store: the repository layer's questions. Every face asks here, over a read-only connection of its own.
import type Database from "better-sqlite3";
import { systemClock } from "../lib/clock.ts";
import type {
  AnomalyPage,
  DailySummary,
  EntityState,
  EventAnswer,
  EventPage,
  FeedPage,
  MarkedAnomaly,
  SearchPage,
} from "../model/answer-schema.ts";
import { AppError } from "../model/app-error.ts";
import type { Answer, ParsedInput } from "../model/question.ts";
import type { RuleTerms } from "../model/rule-terms.ts";
import type {
  Coverage,
  DiskStatus,
  Evidence,
  RulePackStatus,
  StoreStatus,
  TimelineItem,
  VerifyReport,
} from "../model/trace.ts";
import { prepareCaptureState } from "./capture-state.ts";
import { prepareCheckpoint } from "./checkpoint.ts";
import { prepareCoverage, prepareNewestTransaction, prepareTrailBegin, type WrittenEvents } from "./coverage.ts";
import { prepareChangeEventQueries } from "./change-event.ts";
import { readPlace } from "./cursor.ts";
import { prepareDailySummary } from "./daily-summary.ts";
import { noAnomalies } from "./day-anomalies.ts";
import { prepareDetectionProgress } from "./detection-progress.ts";
import { prepareDisk } from "./disk.ts";
import { prepareEntityState } from "./entity-state.ts";
import { prepareEntryBlocks } from "./entry-blocks.ts";
import { eventNotFound, prepareEventAnswers } from "./event-answers.ts";
import { createFindingsReader } from "./findings-store.ts";
import { type EventExport, type ExportRange, openEventExport } from "./event-export.ts";
import { prepareLedgerEntry } from "./ledger-entry.ts";
import { prepareSearch } from "./search.ts";
import { createSearchIndexReader } from "./search-index.ts";
import { type ObservedPage, prepareObservedTransactions } from "./observed-transactions.ts";
import { prepareSource } from "./source.ts";
import { type HistoryRange, openTransactionHistory, type TransactionHistory } from "./transaction-history.ts";
import { withStoreErrors } from "./sqlite-error.ts";
import type { ExplanationKey, StoredExplanation, StoredWords, SummaryKey } from "./stored-words.ts";
import { prepareTrace } from "./trace.ts";
import { verifyLedger, type VerifyOptions } from "./verify.ts";

/** Which part of a story: by commit time, and before the items of an earlier page. */
export type TracePart = Pick<ParsedInput<"trace">, "from" | "to" | "cursor">;

export interface RulePackText {
  file: string;
  text: string;
}

type PackRecord = RulePackStatus & { text: string | null };

export interface NotedRules {
  entry_id: number;
  pack: string;
  text: string;
}

export interface StoreReader extends Disposable {
  readonly path: string;
  status(): StoreStatus;
  disk(): DiskStatus;
  /** null while nothing has been read. */
  coverage(): Coverage | null;
  /** When it begins, and the commit of its newest transaction; null while nothing has been read. */
  trailSpan(): { begin: string; newest: string } | null;
  businessEventsByType(): Record<string, number>;
  /** For /metrics: counts that only grow. */
  writtenEvents(): WrittenEvents;
  /** The newest `verify` that a service was asked for found faults. */
  verifyFailed(): boolean;
  /** @throws usage.query for a cursor that is none of its own, or a filter that the kind of event does not have */
  events(input: ParsedInput<"events">): EventPage;
  /** @throws usage.query as above */
  feed(input: ParsedInput<"feed">): FeedPage;
  /** @throws trace.not_found */
  event(id: string): EventAnswer;
  /** undefined when the trail holds nothing about the entity. */
  trace(entityType: string, entityId: string, limit: number, part?: TracePart): Answer<"trace"> | undefined;
  /** undefined when the trail holds nothing about the entity. @param at without it, the newest state */
  entityState(entityType: string, entityId: string, at: string | undefined): EntityState | undefined;
  /** Uses the index as far as it has come. @throws usage.query for a cursor that is none of its own */
  search(input: ParsedInput<"search">): SearchPage;
  /** @throws usage.query for a zone that is none */
  summary(input: Pick<ParsedInput<"summary">, "date" | "zone">, terms: RuleTerms): Omit<DailySummary, "words">;
  /** What was told before; undefined where nothing was. */
  storedSummary(key: SummaryKey): StoredWords | undefined;
  storedExplanation(key: ExplanationKey): StoredExplanation | undefined;
  /** The packs in force, as the chain last told. */
  rulePackTexts(): RulePackText[];
  anomalies(input: ParsedInput<"anomalies">): AnomalyPage;
  anomaly(id: string): { anomaly: MarkedAnomaly; coverage: Coverage } | undefined;
  /** Those that there are, in the order of the ids. */
  eventsById(ids: readonly string[]): EventAnswer["event"][];
  /** A business event and what it was inferred from; undefined when there is none by that id. */
  evidence(businessEventId: string): Evidence | undefined;
  /** Rule packs that the ledger noted after an entry, oldest first. */
  ruleTextsAfter(entryId: number): NotedRules[];
  newestOfType(type: string, limit: number): TimelineItem[];
  /** Entity types the trail knows, for a hint. */
  entityTypes(): string[];
  /** Stored transactions, for rules to see again. */
  history(range: HistoryRange): TransactionHistory;
  /** What detection looks at: the next entries after one (0: from the beginning), at most `limit` of them. */
  observed(after: number, limit: number): ObservedPage;
  /** Events of any number, page after page. */
  exportEvents(range: ExportRange): EventExport;
  verify(options?: VerifyOptions): VerifyReport;
}

export function createStoreReader(db: Database.Database, path: string): StoreReader {
  const blocks = prepareEntryBlocks(db);
  const disk = prepareDisk(db, path);
  const { coverage, businessEventsByType, writtenEvents } = prepareCoverage(db);
  const trailBegin = prepareTrailBegin(db);
  const held = (): Coverage => coverage() ?? fail(nothingYet(path));
  const events = prepareEventAnswers(db, blocks, held);
  const traces = prepareTrace(db);
  const stateAt = prepareEntityState(db);
  const observed = prepareObservedTransactions(db);
  const summary = prepareDailySummary(db, blocks, held);
  const findings = createFindingsReader(path);
  const measure = prepareDetectionProgress(db);
  const index = createSearchIndexReader(path);
  const search = prepareSearch(db, index, blocks, held);
  const { rulesAfter } = prepareLedgerEntry(db);
  const { isEntity } = prepareChangeEventQueries(db);
  // A loose index scan: one probe per distinct type, not one per row.
  const entityTypes = db.prepare<[], { entity_type: string }>(
    `WITH RECURSIVE kind(entity_type) AS (
       SELECT min(entity_type) FROM change_event
       UNION ALL
       SELECT (SELECT min(entity_type) FROM change_event WHERE entity_type > kind.entity_type) FROM kind
       WHERE kind.entity_type IS NOT NULL)
     SELECT entity_type FROM kind WHERE entity_type IS NOT NULL`,
  );
  // One read transaction per answer: its parts speak of the same moment, though the writer goes on.
  const consistently = <T>(work: () => T): T => withStoreErrors(path, () => db.transaction(work)());

  return {
    path,
    status() {
      const found = findings.consistently((part) => [part.detection(), part.countAnomalies()] as const);
      return consistently(() => ({
        ...readStatus(db, path),
        coverage: coverage(),
        business_events_by_type: businessEventsByType(),
        detection: measure(found?.[0]),
        anomalies: found?.[1] ?? [],
        disk: disk(systemClock.now()),
      }));
    },
    disk: () => consistently(() => disk(systemClock.now())),
    coverage: () => consistently(coverage),
    trailSpan: () =>
      consistently(() => {
        const found = coverage();
        return found && { begin: trailBegin(found), newest: found.to_time ?? found.from_time };
      }),
    businessEventsByType: () => consistently(businessEventsByType),
    writtenEvents: () => consistently(writtenEvents),
    verifyFailed: () => (findings.consistently((found) => found.alertMemory("verify"))?.faults ?? null) !== null,
    events: (input) => consistently(() => events.events(input)),
    feed: (input) => consistently(() => events.feed(input)),
    event: (id) => consistently(() => events.event(id.toLowerCase()) ?? fail(eventNotFound(id))),
    trace: (entityType, entityId, limit, part = {}) =>
      consistently(() => {
        const page = { ...part, limit, entries: blocks.span(part.from, part.to) };
        const found = traces.timeline(entityType, entityId, page);
        const entity = { entity_type: entityType, entity_id: entityId };
        if (found.timeline.length === 0 && isEntity.get(entity) !== 1) return undefined;
        return { ...entity, ...found, coverage: held() };
      }),
    entityState: (entityType, entityId, at) =>
      consistently(() => {
        const entity = { entity_type: entityType, entity_id: entityId };
        if (isEntity.get(entity) !== 1) return undefined;
        const { to_time, from_time } = held();
        const until = at ?? to_time ?? from_time;
        return { ...entity, at: until, ...stateAt(entityType, entityId, at), coverage: held() };
      }),
    // The index first: it never holds what the store, read after it, does not.
    search: (input) => index.consistently((state) => consistently(() => search(input, state))),
    summary(input, terms) {
      const facts = consistently(() => summary(input, terms));
      const anomalies = findings.consistently((found) => found.dayAnomalies(facts, terms)) ?? noAnomalies;
      return { ...facts, anomalies };
    },
    storedSummary: (key) => findings.consistently((found) => found.storedSummary(key)),
    storedExplanation: (key) => findings.consistently((found) => found.storedExplanation(key)),
    rulePackTexts: () => consistently(() => readRulePackTexts(db)),
    anomalies(input) {
      // A cursor that is none is refused also where nothing has been found yet.
      if (input.cursor !== undefined) readPlace("anomalies", input.cursor);
      // The findings first: they never speak of what the store, read after them, does not hold.
      const found = findings.consistently((part) => ({ ...part.listAnomalies(input), stored: part.detection() }));
      const { stored, ...part } = found ?? { items: [], next_cursor: null, stored: undefined };
      return consistently(() => ({ ...part, coverage: held(), detection: measure(stored) }));
    },
    anomaly(id) {
      const anomaly = findings.consistently((found) => found.anomalyById(id));
      return anomaly && { anomaly, coverage: consistently(held) };
    },
    eventsById: (ids) => consistently(() => ids.flatMap((id) => events.find(id) ?? [])),
    evidence: (businessEventId) => consistently(() => traces.evidence(businessEventId)),
    ruleTextsAfter: (entryId) => consistently(() => rulesAfter.all(entryId).flatMap(toNotedRules)),
    newestOfType: (type, limit) => consistently(() => traces.newestOfType(type, limit)),
    entityTypes: () => consistently(() => entityTypes.all().map((row) => row.entity_type)),
    history: (range) => withStoreErrors(path, () => openTransactionHistory(db, path, range)),
    observed: (after, limit) => consistently(() => observed.page(after, limit)),
    exportEvents: (range) => openEventExport(db, path, range, { coverage, blocks }),
    verify: (options) => verifyLedger(db, path, options),
    [Symbol.dispose]() {
      index[Symbol.dispose]();
      findings[Symbol.dispose]();
      db.close();
    },
  };
}

function fail(error: AppError): never {
  throw error;
}

function nothingYet(path: string): AppError {
  return new AppError("store.missing", `${path} holds nothing yet`, { hint: "`auditctl run` fills it." });
}

function readStatus(
  db: Database.Database,
  path: string,
): Omit<StoreStatus, "coverage" | "business_events_by_type" | "detection" | "anomalies" | "disk"> {
  const source = prepareSource(db).get.get();
  const newest = prepareNewestTransaction(db).get();
  return {
    store: path,
    source:
      source === undefined
        ? null
        : { flavor: source.flavor, version: source.version, server_id: source.server_id, address: source.address },
    capture: prepareCaptureState(db).get.get() ?? null,
    checkpoint: prepareCheckpoint(db).get.get() ?? null,
    rule_packs: readRulePacks(db),
    lag_seconds: newest === undefined ? null : secondsBetween(newest.timestamp, newest.received_at),
  };
}

/** Without the texts of the packs, which a status need not show. */
function readRulePacks(db: Database.Database): RulePackStatus[] {
  return readPackRecords(db).map(({ file, state, pack, version, hash, rules, mistakes }) => {
    return { file, state, pack, version, hash, rules, mistakes };
  });
}

function readRulePackTexts(db: Database.Database): RulePackText[] {
  return readPackRecords(db).flatMap(({ file, text }) => (text === null ? [] : [{ file, text }]));
}

function readPackRecords(db: Database.Database): PackRecord[] {
  const newest = prepareLedgerEntry(db).newestRules.get();
  return newest === undefined ? [] : (JSON.parse(newest.detail) as { rule_packs: PackRecord[] }).rule_packs;
}

function toNotedRules({ entry_id, detail }: { entry_id: number; detail: string }): NotedRules[] {
  const { rule_packs } = JSON.parse(detail) as { rule_packs: { pack: string | null; text: string | null }[] };
  return rule_packs.flatMap(({ pack, text }) => (pack === null || text === null ? [] : { entry_id, pack, text }));
}

/** Never below zero: the server's clock may be ahead of ours. */
function secondsBetween(from: string, to: string): number {
  return Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000));
}
