// What is put into the outbox when something changes in the findings or the trail, and what is not put a second time.
import { expect, it } from "vitest";
import type { Anomaly } from "../../src/model/answer-schema.ts";
import { configSchema } from "../../src/model/config.ts";
import type { StoredSummary } from "../../src/store/stored-words.ts";
import { createAlertWatcher, type AlertWatcher } from "../../src/pipeline/alert-watcher.ts";
import { tellVerify } from "../../src/pipeline/tell-verify.ts";
import { openAlertSource } from "../../src/store/alert-source.ts";
import { openFindings, type FindingsStore } from "../../src/store/findings-store.ts";
import { openStore, openStoreReader, type OpenLedgerWriter } from "../../src/store/open-store.ts";
import { anomalyOf, holdClock, noonMs, type HeldClock } from "../support/alerts.ts";
import { createLedgerFile, gtid, startLedger, tamper } from "../support/ledger.ts";
import { openSmallDisk } from "../support/small-disk.ts";
import { openTempFolder } from "../support/temp-folder.ts";

interface Site extends Disposable {
  store: string;
  writer: OpenLedgerWriter;
  findings: FindingsStore;
  clock: HeldClock;
  /** Looks again; gives types and texts of what is new, the oldest first. */
  look(): string[];
  /** As after a restart of the process. */
  restart(): void;
}

/** @param at where the store is; without it, in a folder of its own */
function openSite(settings: Record<string, unknown> = {}, at?: string): Site {
  const stack = new DisposableStack();
  const folder = stack.use(openTempFolder());
  const store = at ?? folder.file("store.db");
  const writer = stack.use(openStore(store));
  startLedger(writer);
  const findings = stack.use(openFindings(store));
  const source = stack.use(openAlertSource(store));
  const clock = holdClock();
  const config = configSchema.parse(settings);
  const create = (): AlertWatcher => {
    const began = clock.now();
    return createAlertWatcher({ config, findings, source, startedAt: () => began, clock });
  };
  let watcher = create();
  let seen = 0;
  return {
    store,
    writer,
    findings,
    clock,
    look() {
      const count = watcher.look();
      const alerts = findings.listAlerts({ limit: 10_000 }).toReversed();
      const fresh = alerts.slice(seen);
      expect(fresh.length).toBe(count);
      seen = alerts.length;
      return fresh.map(({ type, text }) => `${type}: ${text}`);
    },
    restart: () => void (watcher = create()),
    [Symbol.dispose]: () => stack.dispose(),
  };
}

function put({ findings }: Site, ...anomalies: Anomaly[]): void {
  findings.write(() => findings.putAnomalies(anomalies));
}

const words: StoredSummary = {
  facts_hash: "",
  words: "A quiet day.",
  worded_by: "rules",
  fallback: null,
  model: null,
  prompt_version: null,
  prompt_hash: null,
  prompt_tokens: null,
  completion_tokens: null,
  latency_ms: null,
  written_at: "2026-03-02T23:30:00.000000Z",
  checked_at: "2026-03-02T23:30:00.000000Z",
};

it("tells of an anomaly once, however long it goes on, and once more when it becomes graver", () => {
  using site = openSite();
  expect(site.look()).toEqual([]);
  put(site, anomalyOf(1), anomalyOf(2, { severity: "low" }));
  expect(site.look()).toEqual([
    "anomaly.opened: Anomaly (medium): shrinkage at product P-1 by clerk-1: 14 units are gone; 2 are usual.",
  ]);
  put(site, anomalyOf(1, { numbers: { value: 15 }, to: "2026-03-02T11:30:00.000000Z" }));
  expect(site.look()).toEqual([]);
  put(site, anomalyOf(1, { severity: "high", reason: "30 units are gone." }));
  expect(site.look()).toEqual([
    "anomaly.raised: Anomaly, now high: shrinkage at product P-1 by clerk-1: 30 units are gone.",
  ]);
  // Up and down again is no news.
  for (const severity of ["medium", "high", "low"] as const) {
    put(site, anomalyOf(1, { severity }));
    expect(site.look()).toEqual([]);
  }
  site.restart();
  expect(site.look()).toEqual([]);
  put(site, anomalyOf(2, { severity: "medium" }));
  expect(site.look()).toEqual([expect.stringContaining("anomaly.opened: Anomaly (medium): shrinkage at product P-2")]);
});

it("tells from the severity on that was set", () => {
  using site = openSite({ alert_severity: "high" });
  site.look();
  put(site, anomalyOf(1), anomalyOf(2, { severity: "high" }));
  expect(site.look()).toEqual([expect.stringContaining("product P-2")]);
});

it("begins with what comes after it was set up", () => {
  using site = openSite({ alert_summaries: true });
  put(site, anomalyOf(1), anomalyOf(2, { severity: "low" }));
  site.findings.write(() => {
    site.findings.markAnomaly({
      anomaly_id: anomalyOf(1).anomaly_id,
      state: "expected",
      marked_by: "eve",
      note: null,
      marked_at: "",
    });
    site.findings.putSummary({ date: "2026-03-01", zone: "UTC", lang: "en" }, "{}", words);
  });
  site.writer.note(
    "gap",
    { reason: "old", from_gtid_set: "", to_gtid_set: gtid(3), accepted: true },
    "2026-03-01T00:00:00.000000Z",
  );
  expect(site.look()).toEqual([]);
  put(site, anomalyOf(3));
  expect(site.look().length).toBe(1);
});

it("puts anomalies of old history into one alert, when history has been read to its end", () => {
  using site = openSite();
  site.look();
  const past = { from: "2025-12-01T10:00:00.000000Z", to: "2025-12-01T11:00:00.000000Z" };
  const read = (entry_id: number): void =>
    site.findings.write(() =>
      site.findings.putDetection({
        round: 1,
        entry_id,
        hash: Buffer.alloc(0),
        read_to: null,
        mark_id: 0,
        zone: "UTC",
        watches: "",
        baselines: [],
        updated_at: site.clock.timestamp(),
      }),
    );
  read(0);
  put(
    site,
    ...Array.from({ length: 250 }, (_, index) => anomalyOf(index, past)),
    anomalyOf(300, { ...past, severity: "high" }),
    anomalyOf(301),
  );
  const told = Array.from({ length: 5 }, () => site.look()).flat();
  expect(told).toEqual([expect.stringContaining("anomaly.opened: Anomaly (medium): shrinkage at product P-301")]);
  read(1);
  site.restart();
  expect(site.look()).toEqual([
    "anomalies.older: Detection found anomalies in older history, from 2025-12-01T10:00:00.000000Z to 2025-12-01T11:00:00.000000Z: 1 high, 250 medium. See auditctl anomalies.",
  ]);
  expect(site.look()).toEqual([]);
});

it("tells what people say of anomalies that were told of", () => {
  using site = openSite();
  site.look();
  put(site, anomalyOf(1), anomalyOf(2, { severity: "low" }));
  site.look();
  const mark = (number: number, state: Anomaly["state"]): void =>
    site.findings.write(
      () =>
        void site.findings.markAnomaly({
          anomaly_id: anomalyOf(number).anomaly_id,
          state,
          marked_by: "eve",
          note: "stock\ntaking",
          marked_at: site.clock.timestamp(),
        }),
    );
  mark(1, "expected");
  mark(2, "expected");
  expect(site.look()).toEqual([
    "anomaly.marked: eve marked an anomaly as expected: shrinkage at product P-1 by clerk-1: stock taking",
  ]);
  // It is known by now: that it becomes graver is no reason to wake anybody.
  put(site, anomalyOf(1, { severity: "high" }));
  expect(site.look()).toEqual([]);
  mark(1, "open");
  expect(site.look().map((told) => told.split(":")[0])).toEqual(["anomaly.raised", "anomaly.marked"]);
});

it("tells of a gap after which reading goes on; one that stops capture is told as that, once", () => {
  using site = openSite();
  site.look();
  const { writer, clock } = site;
  const detail = { reason: "the log was purged", from_gtid_set: gtid(1), to_gtid_set: null };
  writer.note("gap", detail, clock.timestamp());
  writer.putState({ state: "GAP", since: clock.timestamp(), reason: "the log was purged", hint: "accept it" }, null);
  expect(site.look()).toEqual(["capture.needs_person: Capture is GAP and needs a person: the log was purged"]);
  site.restart();
  expect(site.look()).toEqual([]);
  writer.note("gap", { ...detail, to_gtid_set: gtid(9), accepted: true }, clock.timestamp());
  expect(site.look()).toEqual([
    "gap.recorded: The trail has a gap, recorded as entry 3; reading goes on after it: the log was purged",
  ]);
});

it("tells a gap of the very start, when nothing was told ever before", () => {
  using site = openSite();
  site.clock.pass(1);
  site.writer.note(
    "gap",
    { reason: "purged", from_gtid_set: "", to_gtid_set: gtid(9), accepted: true },
    site.clock.timestamp(),
  );
  expect(site.look()).toEqual([expect.stringContaining("gap.recorded")]);
});

it("remembers over a restart that capture was told to need a person, and tells when it is well again", () => {
  using site = openSite();
  const { writer, clock } = site;
  const state = (name: "BLOCKED" | "RUNNING", reason: string | null): void =>
    writer.putState({ state: name, since: clock.timestamp(), reason, hint: reason }, clock.timestamp());
  state("BLOCKED", "an event");
  expect(site.look().length).toBe(1);
  clock.pass(60_000);
  site.restart();
  expect(site.look()).toEqual([]);
  state("BLOCKED", "an event");
  expect(site.look()).toEqual([]);
  clock.pass(1_000);
  state("RUNNING", null);
  expect(site.look()).toEqual([]);
  clock.pass(60_000);
  expect(site.look()).toEqual([
    "capture.recovered: Capture is RUNNING again, since 2026-03-02T12:01:01.000000Z; it was BLOCKED.",
  ]);
});

it("tells of summaries only where that was asked for, one of each day", () => {
  using silent = openSite();
  using site = openSite({ alert_summaries: true, lang: "es" });
  for (const one of [silent, site]) {
    one.look();
    one.findings.write(() => {
      for (const lang of ["en", "es"] as const)
        one.findings.putSummary({ date: "2026-03-02", zone: "UTC", lang }, "{}", { ...words, words: lang });
    });
  }
  expect(silent.look()).toEqual([]);
  expect(site.look()).toEqual(["summary.written: The summary of 2026-03-02 (UTC) is written."]);
  site.findings.write(() => site.findings.putSummary({ date: "2026-03-02", zone: "UTC", lang: "es" }, "{}", words));
  expect(site.look()).toEqual([]);
});

it("is not silenced by the summary of a day to come, written by a command or a clock that was wrong", () => {
  using site = openSite({ alert_summaries: true, zone: "UTC" });
  site.look();
  const write = (date: string): void =>
    site.findings.write(() => site.findings.putSummary({ date, zone: "UTC", lang: "en" }, "{}", words));
  write("2030-01-01");
  expect(site.look()).toEqual([]);
  write("2026-03-02");
  expect(site.look()).toEqual(["summary.written: The summary of 2026-03-02 (UTC) is written."]);
  // The clock is four years ahead for a while.
  site.clock.pass(4 * 366 * 86_400_000);
  expect(site.look()).toEqual(["summary.written: The summary of 2030-01-01 (UTC) is written."]);
  site.clock.pass(-4 * 366 * 86_400_000 + 86_400_000);
  expect(site.look()).toEqual([]);
  write("2026-03-03");
  expect(site.look()).toEqual(["summary.written: The summary of 2026-03-03 (UTC) is written."]);
  expect(site.look()).toEqual([]);
});

it("tells of a trail that does not verify once, and when it does again", () => {
  using folder = openTempFolder();
  const store = folder.file("store.db");
  createLedgerFile(store, 3);
  const verify = (clock = holdClock()): void => {
    using reader = openStoreReader(store);
    tellVerify(store, reader.verify(), clock);
  };
  verify();
  tamper(store, 'UPDATE change_event SET after = \'{"id":2,"total":"9.99"}\' WHERE change_id = 3');
  verify(holdClock(noonMs + 1));
  verify(holdClock(noonMs + 2));
  using findings = openFindings(store);
  const told = (): string[] => findings.listAlerts({ limit: 10 }).map(({ type, text }) => `${type}: ${text}`);
  expect(told()).toEqual([
    expect.stringMatching(/^verify\.failed: The trail does not verify: 1 fault, first change_event 3/),
  ]);
  tamper(store, 'UPDATE change_event SET after = \'{"id":2,"total":"2.50"}\' WHERE change_id = 3');
  verify(holdClock(noonMs + 3));
  verify(holdClock(noonMs + 4));
  expect(told()[0]).toBe("verify.passed: The trail verifies again: 4 entries.");
  expect(told().length).toBe(2);
});

it("tells once that the store's disk fills up, also over a restart, and once that there is room again", ({ skip }) => {
  using folder = openTempFolder();
  using disk = openSmallDisk(folder.file("disk"), 32);
  if (!disk.mounted) skip("this machine does not let us mount a small disk");
  using site = openSite({}, `${disk.path}/store.db`);
  expect(site.look()).toEqual([expect.stringMatching(/^disk\.filling: The store's disk has \d\d MiB free\. When/)]);
  site.restart();
  expect(site.look()).toEqual([]);
  disk.enlarge(1_024);
  expect(site.look()).toEqual([expect.stringMatching(/^disk\.recovered: The store's disk has room again/)]);
  expect(site.look()).toEqual([]);
});
