// Summaries and explanations over real files: facts of the pharmacy's days, what the lanes tell and when, by a clock that the test
// holds, and what faces show of it.
import pino from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LaneContext } from "../../src/pipeline/slow-lane.ts";
import { configSchema } from "../../src/model/config.ts";
import type { Answerer } from "../../src/model/question.ts";
import { explanationLane } from "../../src/pipeline/explanation-lane.ts";
import { createLocalAnswerer } from "../../src/pipeline/local-answerer.ts";
import { openWordsmith } from "../../src/pipeline/open-wordsmith.ts";
import { createDayTeller } from "../../src/pipeline/summary-lane.ts";
import { type FindingsStore, openFindings } from "../../src/store/findings-store.ts";
import { openStoreReader } from "../../src/store/open-store.ts";
import { createPharmacyDays, pharmacyDay as date, pharmacyZone as zone } from "../support/pharmacy-days.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { waitFor } from "../support/wait-for.ts";

const folder = openTempFolder();
const store = folder.file("store.db");
let findings: FindingsStore;
let answerer: Answerer;
beforeAll(() => {
  createPharmacyDays(store);
  findings = openFindings(store);
  answerer = createLocalAnswerer(openStoreReader(store));
});
afterAll(async () => {
  await answerer[Symbol.asyncDispose]();
  findings[Symbol.dispose]();
  folder[Symbol.dispose]();
});

const shrinkage = "6a1f0c2e-0000-5000-8000-000000000001";
const clock = { ms: 0, now: () => clock.ms };
const stop = new AbortController();

function context(): LaneContext {
  const config = configSchema.parse({ store, zone, lang: "es", model_provider: "off" });
  const log = pino({ level: "silent" });
  const wordsmith = openWordsmith({ config, findings, onModelCalled: () => undefined, clock, log });
  const { signal } = stop;
  return {
    config,
    version: "test",
    findings,
    wordsmith,
    clock,
    log,
    found: new EventTarget(),
    onMeasured: () => undefined,
    signal,
  };
}

/** Tells all that is due at a moment; gives how many looks it took, the last of which found nothing. */
async function tellDaysAt(utc: string): Promise<void> {
  clock.ms = Date.parse(utc);
  await using teller = createDayTeller(context(), clock.ms - 3_600_000);
  for (let days = 0; await teller.tell(); days += 1) expect(days).toBeLessThan(40);
}

const told = (day: string) => findings.storedSummary({ date: day, zone, lang: "es" });

describe("the facts of a day", () => {
  it("are totals by type, branch and user, compared with the two Fridays before", async () => {
    const day = await answerer.ask("summary", { date, zone });
    expect(day).toMatchObject({
      transactions: 70,
      business_events: 69,
      unexplained_changes: 1,
      begins_at: null,
      is_newest: false,
    });
    expect(day.compared.map((before) => [before.date, before.business_events])).toEqual([
      ["2026-02-27", 60],
      ["2026-02-20", 56],
    ]);
    expect(day.by_type[0]).toMatchObject({
      type: "sale.completed",
      label: { en: "Sale completed", es: "Venta completada" },
      count: 61,
      week_before: 55,
      two_weeks_before: 52,
      amount: { field: "total", total: "4804.50", week_before: "4462.50" },
    });
    expect(day.by_branch.find(({ branch }) => branch === "4")).toEqual({
      branch: "4",
      count: 0,
      week_before: 14,
      two_weeks_before: 13,
    });
    expect(day.by_actor[0]).toMatchObject({ actor: { id: "10" }, count: 21 });
    expect(day.movements[0]).toMatchObject({
      type: "sale.completed",
      field: "total",
      amount: "1212.50",
      branch: "3",
      actor: { id: "32" },
    });
    expect(day.by_table.filter(({ unexplained }) => unexplained > 0).map(({ table }) => table)).toEqual([
      "pharmacy.branches",
    ]);
    expect(day.anomalies).toMatchObject({ count: 3, by_severity: { high: 2, medium: 1, low: 0 } });
    expect(day.anomalies.items.map(({ kind, detector }) => [kind, detector])).toEqual([
      ["shrinkage", "repeat"],
      ["role-escalation", "self"],
      ["branch-collapse", "volume"],
    ]);
    expect(day.gaps).toHaveLength(1);
  });

  it("are compared with nothing where the trail holds nothing", async () => {
    const first = await answerer.ask("summary", { date: "2026-02-20", zone });
    expect(first).toMatchObject({ compared: [], begins_at: "2026-02-20T13:00:00.000000Z" });
    expect(first.by_type[0]).toMatchObject({
      week_before: null,
      two_weeks_before: null,
      amount: { week_before: null },
    });
  });

  it("are those of another day in another zone", async () => {
    const utc = await answerer.ask("summary", { date: "2026-03-07", zone: "UTC" });
    // What Lima did from seven in the evening on.
    expect(utc.transactions).toBeGreaterThan(1);
    expect(utc.words.text).toContain("Saturday 7 March 2026");
  });
});

describe("the summary lane", () => {
  it("tells nothing before half past eleven, then the day, and what was missed while it was down", async () => {
    await tellDaysAt("2026-02-21T04:29:00Z");
    expect(told("2026-02-20")).toBeUndefined();
    await tellDaysAt("2026-02-21T04:30:00Z");
    expect(told("2026-02-20")?.words).toContain("El viernes 20 de febrero de 2026 no consta ninguna anomalía.");
    expect(told("2026-02-19")).toBeUndefined();
    await tellDaysAt("2026-03-07T04:30:00Z");
    const days = ["2026-02-21", "2026-02-27", "2026-03-01", date];
    expect(days.map((day) => told(day)?.worded_by)).toEqual(days.map(() => "rules"));
  });

  it("never tells the same facts twice", async () => {
    const before = told(date);
    await tellDaysAt("2026-03-07T05:00:00Z");
    expect(told(date)).toEqual({ ...before, checked_at: "2026-03-07T05:00:00.000000Z" });
    await tellDaysAt("2026-03-07T06:00:00Z");
    expect(told(date)?.checked_at).toBe("2026-03-07T05:00:00.000000Z");
  });

  it("is shown as stored, in its own language and zone; others are put into plain words at once", async () => {
    const { words } = await answerer.ask("summary", { date, zone, lang: "es" });
    expect(words).toMatchObject({
      stored: true,
      lang: "es",
      worded_by: "rules",
      written_at: "2026-03-07T04:30:00.000000Z",
    });
    expect((await answerer.ask("summary", { date, zone, lang: "en" })).words).toMatchObject({
      stored: false,
      written_at: null,
    });
    expect((await answerer.ask("summary", { date, lang: "es" })).words.stored).toBe(false);
  });

  it("tells a day again, a day later, where something was found out late; until then no stored words contradict the facts", async () => {
    const { anomalies } = await answerer.ask("summary", { date, zone });
    const late = { ...anomalies.items[0]!, anomaly_id: "6a1f0c2e-0000-5000-8000-000000000009", state: "open" as const };
    findings.putAnomalies([{ ...late, entity_id: "38", business_event_ids: [], change_event_ids: [] }]);
    const { words } = await answerer.ask("summary", { date, zone, lang: "es" });
    expect(words).toMatchObject({ stored: false });
    expect(words.text).toContain("constan 4 anomalías");
    await tellDaysAt("2026-03-08T04:30:00Z");
    expect(told(date)?.words).toContain("constan 4 anomalías");
    expect((await answerer.ask("summary", { date, zone, lang: "es" })).words.stored).toBe(true);
  });
});

it("the explanation lane explains each anomaly once, and again when it has gone on", async () => {
  clock.ms = Date.parse("2026-03-08T05:00:00Z");
  const lane = explanationLane(context());
  const all = () => waitFor("explanations", () => (findings.nextUnexplained("es") === undefined ? true : undefined));
  await all();
  const first = findings.storedExplanation({ anomaly_id: shrinkage, lang: "es" });
  expect(first).toMatchObject({ zone, worded_by: "rules", written_at: "2026-03-08T05:00:00.000000Z" });
  const shown = await answerer.ask("explain", { id: shrinkage, lang: "es" });
  expect(shown.words).toMatchObject({ stored: true, text: first?.words });
  expect(shown.words?.text).toContain("merma repetida, inventario 37, usuario 31, de las 13:00 a las 13:30 (alta)");
  expect((await answerer.ask("explain", { id: shrinkage, lang: "en", zone })).words).toMatchObject({ stored: false });

  const { anomaly } = openStoreReader(store).anomaly(shrinkage)!;
  const { mark: _mark, ...rest } = anomaly;
  findings.putAnomalies([{ ...rest, to: "2026-03-06T19:30:00.000000Z", numbers: { ...rest.numbers, value: 7 } }]);
  expect((await answerer.ask("explain", { id: shrinkage, lang: "es" })).words).toMatchObject({ stored: false });
  const again = explanationLane(context());
  await all();
  expect(findings.storedExplanation({ anomaly_id: shrinkage, lang: "es" })?.words).toContain("7 veces en 1 día");
  stop.abort();
  await Promise.all([lane, again]);
});
