// pipeline: detection over a stored trail, page by page. Takes the findings file and settings; puts anomalies, what detectors
// remember and how far they have come into it, in one transaction: a process that is killed neither forgets an anomaly nor
// finds one twice, because detection gives the same wherever it is cut and resumed.
import "../lib/disposable-stack.ts";
import { hash } from "node:crypto";
import { createDetection } from "../detect/detection.ts";
import { canonicalJson, type JsonValue } from "../lib/canonical-json.ts";
import { type Clock, toTimestamp } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import { localZone } from "../lib/zoned-time.ts";
import type { Anomaly } from "../model/answer-schema.ts";
import type { BaselineReport, Detection, DetectionOptions, WatchDefinition } from "../model/detection.ts";
import { lockDetection } from "../store/detection-lock.ts";
import type { StoredDetection } from "../store/detection-state.ts";
import type { FindingsStore } from "../store/findings-store.ts";
import { type ObservedTrail, openObservedTrail } from "../store/observed-trail.ts";
import { watchesInForce } from "./watches-in-force.ts";

export interface DetectorOptions {
  store: string;
  findings: FindingsStore;
  settings: DetectionOptions["settings"];
  /** Whose days and hours count; undefined: the zone that detection began with, else this machine's. */
  zone: string | undefined;
  /** Forget baselines, and read the trail from its beginning. What people said stays. */
  again?: boolean;
  clock: Clock;
  log: Logger;
}

export interface DetectorStep {
  /** Entry that was read last, and the newest one. */
  done: number;
  of: number;
  /** Anomalies that were put into the findings now: new ones, and those that have gone on. */
  put: number;
}

export interface Detector extends Disposable {
  /** Reads a page of the trail: some 10 ms, and now and then a commit. */
  step(): DetectorStep;
  /** What has been read is kept. Gives how many anomalies were put. */
  commit(): number;
  baselines(): BaselineReport[];
  /** The entry that was read last; 0: none. */
  place(): number;
}

/** A kill costs at most this much work; more often would cost more than it saves. */
const commitTransactions = 10_000;
const commitMs = 1_000;
/** Counts changes of what detectors remember that a newer version could not go on from. */
const stateFormat = 2;

/** @throws store.in_use when another process detects over this store; store errors */
export function openDetector(options: DetectorOptions): Detector {
  using cleanup = new DisposableStack();
  cleanup.use(lockDetection(options.store));
  const trail = cleanup.use(openObservedTrail(options.store));
  const run = createRun(trail, options);
  const owned = cleanup.move();
  return { ...run, [Symbol.dispose]: () => owned.dispose() };
}

function createRun(trail: ObservedTrail, options: DetectorOptions): Omit<Detector, typeof Symbol.dispose> {
  const { findings, clock, log } = options;
  let rulesEntry = trail.rulesEntry();
  let { place, detection } = begin(trail, rulesEntry, options, options.again === true);
  let pending = new Map<string, Anomaly>();
  let unsaved = 0;
  let savedAtMs = clock.now();
  let sweptRound = 0;

  const commit = (): number => {
    savedAtMs = clock.now();
    const put = [...pending.values()];
    if (unsaved === 0 && put.length === 0) return 0;
    place = { ...place, baselines: detection.baselines(), updated_at: toTimestamp(savedAtMs) };
    findings.write(() => {
      findings.putAnomalies(put, place.round);
      findings.putDetectorStates(detection.takeState());
      findings.putDetection(place);
    });
    pending = new Map();
    unsaved = 0;
    return put.length;
  };
  const takeFindings = (): void => {
    for (const anomaly of detection.takeFindings()) {
      const isKnown = pending.has(anomaly.anomaly_id) || findings.anomalyRound(anomaly.anomaly_id) === place.round;
      pending.set(anomaly.anomaly_id, anomaly);
      // Judged in an earlier round: baselines are told at the same place of the trail, wherever this process was cut.
      const state = isKnown ? undefined : findings.markedState(anomaly.anomaly_id, place.mark_id);
      // As it was then: that is what was judged.
      if (state !== undefined) detection.mark(findings.anomalyById(anomaly.anomaly_id) ?? anomaly, state);
    }
  };
  /** What people have said since; baselines know it before they see more of the trail. */
  const takeMarks = (): number => {
    if (findings.newestMarkId() === place.mark_id) return 0;
    const put = commit();
    for (const { mark_id, anomaly_id, state } of findings.marksAfter(place.mark_id)) {
      const anomaly = findings.anomalyById(anomaly_id);
      // Of an earlier round: told when this one comes upon it.
      if (anomaly !== undefined && findings.anomalyRound(anomaly_id) === place.round) detection.mark(anomaly, state);
      place = { ...place, mark_id };
    }
    unsaved += 1;
    return put;
  };
  /** Other watches: from the beginning. A store that was restored under our feet is seen at the next start. */
  const checkRules = (): void => {
    const newest = trail.rulesEntry();
    if (newest === rulesEntry) return;
    rulesEntry = newest;
    ({ place, detection } = begin(trail, newest, options, false));
  };
  const finish = (): number => {
    const put = commit();
    if (sweptRound === place.round) return put;
    sweptRound = place.round;
    const dropped = findings.dropAnomaliesBefore(sweptRound);
    if (dropped > 0) log.info({ dropped }, "anomalies that detection did not come upon again are gone");
    return put;
  };

  return {
    step() {
      let put = takeMarks();
      const page = trail.after(place.entry_id);
      if (page.last !== null) {
        for (const transaction of page.transactions) {
          detection.observe(transaction);
          takeFindings();
        }
        if (page.replayed > 0 && place.entry_id > 0)
          log.warn({ events: page.replayed }, "a replay put history right; `auditctl detect --again` looks at it anew");
        place = { ...place, ...page.last, read_to: page.read_to ?? place.read_to };
        unsaved += page.transactions.length + 1;
      }
      const of = trail.head()?.entry_id ?? 0;
      const done = place.entry_id;
      if (done >= of) put += finish();
      else if (unsaved >= commitTransactions || clock.now() - savedAtMs >= commitMs) put += commit();
      if (unsaved === 0) checkRules();
      return { done, of, put };
    },
    commit,
    baselines: () => detection.baselines(),
    place: () => place.entry_id,
  };
}

/** Goes on where the findings say, when they are of this trail and of the same watches; else from the beginning. */
function begin(
  trail: ObservedTrail,
  rulesEntry: number | undefined,
  { findings, settings, clock, log, ...options }: DetectorOptions,
  again: boolean,
): { place: StoredDetection; detection: Detection } {
  const watches = rulesEntry === undefined ? [] : watchesInForce(trail.rules(rulesEntry), log);
  const known = findings.detection();
  const zone = options.zone ?? known?.zone ?? localZone();
  const fingerprint = fingerprintOf(watches, settings, zone);
  const reason = again ? "it was asked to" : whyNotGoOn(known, fingerprint, trail);
  const create = (state: DetectionOptions["state"]): Detection => createDetection({ watches, settings, zone, state });
  if (known !== undefined && reason === undefined) {
    log.info({ entry_id: known.entry_id, watches: watches.length }, "detection goes on");
    return { place: known, detection: create(findings.detectorStates()) };
  }
  const place: StoredDetection = {
    round: (known?.round ?? 0) + 1,
    entry_id: 0,
    hash: Buffer.alloc(0),
    read_to: null,
    mark_id: findings.newestMarkId(),
    zone,
    watches: fingerprint,
    baselines: [],
    updated_at: toTimestamp(clock.now()),
  };
  findings.write(() => {
    findings.forgetDetectorStates();
    findings.putDetection(place);
  });
  log.info({ watches: watches.length, reason }, "detection begins at the beginning of the trail");
  return { place, detection: create([]) };
}

function whyNotGoOn(known: StoredDetection | undefined, fingerprint: string, trail: ObservedTrail): string | undefined {
  if (known === undefined) return "nothing has been read yet";
  if (known.watches !== fingerprint) return "watches, thresholds or time zone are others";
  const isOfThis = known.entry_id === 0 || trail.hashOf(known.entry_id)?.equals(known.hash) === true;
  return isOfThis ? undefined : "the findings are of another trail, or of one that was restored since";
}

function fingerprintOf(
  watches: readonly WatchDefinition[],
  settings: DetectionOptions["settings"],
  zone: string,
): string {
  // Through JSON: what is undefined is left out.
  const all = JSON.parse(JSON.stringify({ stateFormat, watches, settings, zone })) as JsonValue;
  return hash("sha256", canonicalJson(all));
}
