// Detection over real stores: it goes on where it was, begins anew where it must, takes in what people say, and runs once at a time.
import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { dumpFindings } from "../../scripts/kill-detection/dump-findings.ts";
import { tellRules } from "../../scripts/bench/watched-store.ts";
import { systemClock } from "../../src/lib/clock.ts";
import type { Answer } from "../../src/model/question.ts";
import { configSchema } from "../../src/model/config.ts";
import { parseQuestion } from "../../src/model/question.ts";
import { detectionLane } from "../../src/pipeline/detection-lane.ts";
import type { LaneContext } from "../../src/pipeline/slow-lane.ts";
import { openDetector } from "../../src/pipeline/detector.ts";
import { openWordsmith } from "../../src/pipeline/open-wordsmith.ts";
import { rulePath } from "../../src/pipeline/rule-files.ts";
import { markAnomaly } from "../../src/pipeline/mark-anomaly.ts";
import { type FindingsStore, openFindings } from "../../src/store/findings-store.ts";
import { openStore, openStoreReader } from "../../src/store/open-store.ts";
import { transactionOf, checkpointAt } from "../support/ledger.ts";
import { runAuditctl } from "../support/run-auditctl.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { waitFor } from "../support/wait-for.ts";
import {
  copyStore,
  createWatchedStore,
  detectAll,
  detectorOptions,
  runToEnd,
  silent,
} from "../support/watched-store.ts";

const folder = openTempFolder();
const prepared = folder.file("prepared.db");
let copies = 0;
const freshStore = (): string => copyStore(prepared, folder.file(`${(copies += 1)}.db`));

beforeAll(() => createWatchedStore(prepared));
afterAll(() => folder[Symbol.dispose]());

function listed(store: string): Answer<"anomalies"> {
  using reader = openStoreReader(store);
  return reader.anomalies(parseQuestion("anomalies", { limit: 1_000 }));
}

describe("detection over a store", () => {
  it("finds what there is, and says how far it has come", () => {
    const store = freshStore();
    expect(listed(store)).toMatchObject({ items: [], detection: null });
    detectAll(store);
    const { items, detection } = listed(store);
    expect(new Set(items.map(({ kind }) => kind))).toEqual(
      expect.objectContaining(new Set(["mass-deletion", "price-step", "shrinkage"])),
    );
    expect(detection).toMatchObject({
      entry_id: 6_002,
      behind: 0,
      behind_seconds: 0,
      to_time: "2026-05-31T08:00:00.000000Z",
    });
    expect(detection?.learning.map(({ watch }) => watch)).toContain("void-rate");
  });

  it("comes out the same wherever it is stopped and goes on", () => {
    const [whole, parts] = [freshStore(), freshStore()];
    detectAll(whole);
    for (let entry = 0; entry < 6_002;) {
      using findings = openFindings(parts);
      using detector = openDetector(detectorOptions(parts, findings));
      entry = detector.step().done;
      detector.commit();
    }
    expect(dumpFindings(parts).anomalies).toBeGreaterThan(20);
    expect(dumpFindings(parts)).toEqual(dumpFindings(whole));
  });

  it("keeps nothing of a page that it has not committed", () => {
    const store = freshStore();
    {
      using findings = openFindings(store);
      using detector = openDetector(detectorOptions(store, findings));
      detector.step();
    }
    expect(listed(store)).toMatchObject({ items: [], detection: { entry_id: 0, behind: 6_002 } });
  });

  it("begins anew with other watches, and what does not come out again goes, unless somebody has judged it", () => {
    const store = freshStore();
    detectAll(store);
    const before = listed(store).items;
    const judged = before.find(({ kind }) => kind === "mass-deletion")!;
    mark(store, judged.anomaly_id, "confirmed");
    // A pack that looks for nothing but new prices.
    const pack = folder.file("prices.yaml");
    writeOnlyWatch(pack, "price-step");
    tellRules(store, pack);
    detectAll(store);
    const after = listed(store).items;
    expect(new Set(after.map(({ kind }) => kind))).toEqual(new Set(["price-step", "mass-deletion"]));
    expect(after.filter(({ kind }) => kind === "mass-deletion")).toEqual([
      {
        ...judged,
        state: "confirmed",
        mark: expect.objectContaining({ state: "confirmed", by: "auditor" }) as unknown,
      },
    ]);
    expect(after.filter(({ kind }) => kind === "price-step")).toEqual(
      before.filter(({ kind }) => kind === "price-step"),
    );
  });

  it("begins anew on a store that was restored since", () => {
    const store = freshStore();
    detectAll(store);
    // Another store under the same name, as long as that one.
    createWatchedStore(folder.file("other.db"), 500);
    copyStore(folder.file("other.db"), store);
    expect(listed(store).detection).toMatchObject({ entry_id: 0, behind: 502 });
    detectAll(store);
    expect(listed(store).detection).toMatchObject({ entry_id: 502, behind: 0 });
  });

  it("is done by one process at a time", () => {
    const store = freshStore();
    using findings = openFindings(store);
    const options = detectorOptions(store, findings);
    {
      using first = openDetector(options);
      first.step();
      expect(() => openDetector(options)).toThrow(expect.objectContaining({ code: "store.in_use" }));
    }
    openDetector(options)[Symbol.dispose]();
  });

  it("sees a transaction as a replay has put it right", () => {
    const store = freshStore();
    using reader = openStoreReader(store);
    const [first] = reader.observed(0, 10).transactions;
    const { entry_id, transaction_id, events } = first!;
    const rule = { pack: "pharmacy", name: "sale-completed", version: 2 };
    const event = { ...events[0]!, payload: { total: "1.00" }, transaction_id, confidence: 1, rule };
    {
      using writer = openStore(store);
      const counts = { through_entry: 6_002, gained: 0, lost: 0, changed: 1, complete: true };
      const detail = { replay_id: "r", packs: [], from: null, to: null, ...counts };
      const added = [{ transaction_entry: entry_id, event }];
      writer.appendReplay({ now: event.timestamp, detail, added, superseded: [1] });
    }
    expect(reader.observed(0, 10).transactions[0]).toEqual({
      ...first,
      events: [{ ...events[0], payload: event.payload }],
    });
    // Its own entry tells nothing more.
    expect(reader.observed(6_002, 10)).toMatchObject({ transactions: [], replayed: 1, last: { entry_id: 6_003 } });
  });

  it("counts all deletions of a table in a transaction, and names a hundred", () => {
    const store = folder.file("deletions.db");
    createWatchedStore(store, 1);
    using reader = openStoreReader(store);
    {
      using writer = openStore(store);
      const transaction = transactionOf(500);
      const changes = Array.from({ length: 250 }, (_, seq) => {
        const [table, key] = [seq % 5 === 0 ? "other" : "sales", { id: seq }];
        const [template] = transaction.changes;
        return {
          ...template!,
          seq,
          source_table: table,
          source_pk: key,
          operation: "delete" as const,
          before: key,
          after: null,
          event_id: `00000000-0000-4000-8000-${String(seq).padStart(12, "0")}`,
        };
      });
      writer.append([{ ...transaction, changes, businessEvents: [] }], checkpointAt(500), transaction.timestamp);
    }
    const [, deleted] = reader.observed(0, 10).transactions;
    expect(deleted).toMatchObject({
      events: [],
      deletions: [
        { table: "shop.other", count: 50 },
        { table: "shop.sales", count: 200 },
      ],
    });
    expect(deleted!.deletions.map(({ change_event_ids }) => change_event_ids.length)).toEqual([50, 100]);
    expect(deleted!.deletions[1]!.change_event_ids[0]).toBe("00000000-0000-4000-8000-000000000001");
  });
});

describe("what people say", () => {
  it("stays when detection begins anew, and the like of what is expected is not told again", () => {
    const store = freshStore();
    detectAll(store);
    const deletions = (): Answer<"anomalies">["items"] =>
      listed(store).items.filter(({ kind }) => kind === "mass-deletion");
    const found = deletions();
    expect(found.some(({ from }) => from > "2026-02")).toBe(true);
    // The oldest stands last.
    const first = found.at(-1)!;
    mark(store, first.anomaly_id, "expected", "stocktaking");
    detectAll(store, { again: true });
    expect(deletions()).toEqual([
      { ...first, state: "expected", mark: expect.objectContaining({ note: "stocktaking" }) as unknown },
    ]);
  });

  it("leaves what was judged as it was seen, when detection begins anew", () => {
    const store = freshStore();
    detectAll(store);
    const grown = listed(store).items.filter(({ from, to }) => from < to);
    expect(grown.length).toBeGreaterThan(1);
    for (const { anomaly_id } of grown) mark(store, anomaly_id, "expected");
    const before = listed(store).items.filter(({ state }) => state === "expected");
    detectAll(store, { again: true });
    expect(listed(store).items.filter(({ state }) => state === "expected")).toEqual(before);
  });

  it("is known to detection before it reads on", () => {
    const store = freshStore();
    using findings = openFindings(store);
    using detector = openDetector(detectorOptions(store, findings));
    const deletions = () => listed(store).items.filter(({ kind }) => kind === "mass-deletion");
    while (deletions().length === 0) {
      detector.step();
      detector.commit();
    }
    mark(store, deletions()[0]!.anomaly_id, "expected");
    runToEnd(detector);
    // Without it there are some in March, too, as the test before shows.
    expect(deletions().filter(({ from }) => from > "2026-02")).toEqual([]);
    expect(findings.detection()?.mark_id).toBe(1);
  });

  it("has to be about an anomaly that there is", () => {
    const store = freshStore();
    expect(() => mark(store, "00000000-0000-5000-8000-000000000000", "expected")).toThrow(
      expect.objectContaining({ code: "trace.not_found" }),
    );
  });
});

function laneContext(store: string, findings: FindingsStore, signal: AbortSignal, detect = true): LaneContext {
  const config = configSchema.parse({ store, zone: "UTC", detect, model_provider: "off" });
  const shared = { config, findings, onModelCalled: () => {}, onMeasured: () => {}, clock: systemClock, log: silent };
  return { ...shared, version: "test", wordsmith: openWordsmith(shared), found: new EventTarget(), signal };
}

describe("the lane of run", () => {
  it("reads on as the trail grows, tells of anomalies once they are kept, and stops when it is told to", async () => {
    const store = freshStore();
    using findings = openFindings(store);
    const stop = new AbortController();
    const context = laneContext(store, findings, stop.signal);
    let told = 0;
    context.found.addEventListener("anomaly", () => (told = listed(store).items.length));
    const lane = detectionLane(context);
    await waitFor("detection to catch up", () => listed(store).detection?.behind === 0);
    expect(told).toBeGreaterThan(20);
    {
      using writer = openStore(store);
      writer.append([transactionOf(7_000)], checkpointAt(7_000), "2026-06-01T00:00:00.000000Z");
    }
    await waitFor("detection to read on", () => listed(store).detection?.entry_id === 6_003);
    stop.abort();
    await lane;
    openDetector(detectorOptions(store, findings))[Symbol.dispose]();
  });

  it("does nothing where detection is turned off", async () => {
    const store = freshStore();
    using findings = openFindings(store);
    await detectionLane(laneContext(store, findings, new AbortController().signal, false));
    expect(listed(store).detection).toBeNull();
  });
});

describe("auditctl detect", () => {
  it("reads to the end, goes on, and begins anew when it is asked to", async () => {
    const store = freshStore();
    const detect = async (...args: string[]) => {
      const { status, stdout, stderr } = await runAuditctl(["detect", "--store", store, "--json", ...args]);
      expect([status, stderr]).toEqual([0, ""]);
      return JSON.parse(stdout) as Record<string, unknown>;
    };
    const first = await detect();
    expect(first).toMatchObject({ complete: true, entries_read: 6_002, detection: { behind: 0 } });
    expect(await detect()).toMatchObject({ entries_read: 0, anomalies: first["anomalies"] });
    expect(await detect("--again")).toMatchObject({ entries_read: 6_002, anomalies: first["anomalies"] });
  });

  it("says so where another process detects, and where there is no store", async () => {
    const store = freshStore();
    using findings = openFindings(store);
    using other = openDetector(detectorOptions(store, findings));
    other.step();
    const busy = await runAuditctl(["detect", "--store", store]);
    expect(busy.status).not.toBe(0);
    expect(busy.stderr).toMatch(/another process detects anomalies over .*\n.*detect: false/);
    const none = await runAuditctl(["detect", "--store", folder.file("none.db")]);
    expect(none.stderr).toContain("there is no store");
  });
});

function mark(store: string, id: string, state: "expected" | "confirmed" | "open", note?: string): void {
  markAnomaly({ store, id, mark: { state, note }, by: "auditor", clock: systemClock });
}

/** The pharmacy pack with one of its watches. */
function writeOnlyWatch(path: string, name: string): void {
  const pack = parse(readFileSync(rulePath("pharmacy"), "utf8")) as { watch: { name: string }[] };
  writeFileSync(path, stringify({ ...pack, watch: pack.watch.filter((watch) => watch.name === name) }));
}
