// detect: transactions one after the other -> anomalies, and the state with which it goes on. Pure: the same transactions and the same
// state give the same anomalies, wherever it is cut and resumed. The only clock is that of the transactions.
import type {
  BaselineReport,
  Detection,
  DetectionOptions,
  ObservedTransaction,
  WatchDefinition,
} from "../model/detection.ts";
import type { Anomaly } from "../model/answer-schema.ts";
import { createApplicationClock } from "./application-clock.ts";
import { createCalendar, hourMs, timeText } from "./calendar.ts";
import type { Detector, DetectorContext } from "./detector.ts";
import { detectors } from "./detectors.ts";
import { createMemory, type Memory, type Remembered } from "./memory.ts";
import { createReport, type Report } from "./report.ts";
import { fits, seeDeletions, seeEvent, type SightingRole } from "./sighting.ts";

interface Watcher {
  watch: WatchDefinition;
  memory: Memory;
  report: Report;
  detector: Detector;
}

interface Interest {
  watcher: Watcher;
  role: SightingRole;
}

/** Asked after each transaction, and nearly always this. */
const nothing: Anomaly[] = [];
/** Not a watch's name: what belongs to all of them. */
const common = "";

export function createDetection({ watches, settings, state, zone }: DetectionOptions): Detection {
  const memories = new Map<string, Memory>(
    [common, ...watches.map(({ name }) => name)].map((name) => [name, createMemory()]),
  );
  for (const { watch, key, state: row } of state) if (row !== null) memories.get(watch)?.load(key, row);
  const clock = createApplicationClock(memories.get(common)!);
  const calendar = createCalendar(zone);
  const pending = new Map<string, Anomaly>();
  const watchers = watches.map((watch): Watcher => {
    const memory = memories.get(watch.name)!;
    const report = createReport(watch, memory, pending);
    const context: DetectorContext = {
      watch,
      z: watch.z ?? settings.z,
      factor: watch.factor ?? settings.factor,
      days: settings.days,
      samples: (preset) => watch.samples ?? preset,
      count: (preset) => watch.count ?? preset,
      withinMs: (preset) => watch.withinMs ?? preset,
      businessHours: settings.businessHours,
      memory,
      report,
      calendar,
      since: () => clock.since() ?? 0,
    };
    return { watch, memory, report, detector: detectors[watch.detector](context) };
  });
  const interests = indexInterests(watchers);
  // Remembered, so that rows go at the same place of the trail wherever it is cut.
  const tidied = memories.get(common)!.rows<Remembered>("tidied");
  const timed = watchers.filter(({ detector }) => detector.advance !== undefined);

  return {
    observe(transaction) {
      const { now, times } = clock.read(transaction);
      if (Math.abs(now - (tidied.get("")?.seen ?? -Infinity)) >= hourMs) {
        tidied.put("", { seen: now });
        for (const { report } of watchers) report.advance(now);
      }
      for (const { detector } of timed) detector.advance!(now);
      observeEvents(transaction, interests, { now, times });
      observeDeletions(transaction, watchers, now);
    },
    takeFindings() {
      if (pending.size === 0) return nothing;
      const taken = [...pending.values()];
      pending.clear();
      return taken;
    },
    takeState: () =>
      [...memories].flatMap(([watch, memory]) => memory.takeChanged().map((changed) => ({ watch, ...changed }))),
    mark(anomaly, marked) {
      const watcher = watchers.find(({ watch }) => watch.name === anomaly.kind);
      const key = watcher?.report.mark(anomaly, marked);
      if (key === undefined) return;
      watcher!.detector.marked?.(key, marked, { from: Date.parse(anomaly.from), to: Date.parse(anomaly.to) });
    },
    baselines: () => watchers.map((watcher) => describe(watcher, clock.since())),
  };
}

function indexInterests(watchers: readonly Watcher[]): ReadonlyMap<string, readonly Interest[]> {
  const interests = new Map<string, Interest[]>();
  for (const watcher of watchers) {
    for (const role of ["ends", "per", "until", "events"] as const) {
      for (const type of watcher.watch[role]) {
        const list = interests.get(type) ?? [];
        interests.set(type, list);
        list.push({ watcher, role });
      }
    }
  }
  return interests;
}

function observeEvents(
  { events }: ObservedTransaction,
  interests: ReadonlyMap<string, readonly Interest[]>,
  { now, times }: { now: number; times: readonly number[] },
): void {
  for (const [index, event] of events.entries()) {
    for (const { watcher, role } of interests.get(event.type) ?? []) {
      const { watch, detector } = watcher;
      // repeat looks at all of them, to know how often any come again.
      if (role === "events" && watch.detector !== "repeat" && !fits(watch, event.payload)) continue;
      const seen = seeEvent(watch, role, event, { at: times[index]!, now });
      if (seen !== undefined) detector.observe(seen);
    }
  }
}

function observeDeletions({ deletions }: ObservedTransaction, watchers: readonly Watcher[], now: number): void {
  if (deletions.length === 0) return;
  for (const { watch, detector } of watchers) {
    const seen = watch.deletions.length === 0 ? undefined : seeDeletions(watch, deletions, now);
    if (seen !== undefined) detector.observe(seen);
  }
}

function describe({ watch, detector }: Watcher, since: number | undefined): BaselineReport {
  const { keys, samples, needed, unit } = detector.learned();
  return {
    watch: watch.name,
    detector: watch.detector,
    keys,
    samples,
    samples_needed: needed,
    unit,
    ready: samples >= needed,
    since: since === undefined ? null : timeText(since),
  };
}
