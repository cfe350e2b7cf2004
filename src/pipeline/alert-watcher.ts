// pipeline: looks at the findings and the trail -> alerts in the outbox. What was told and the memory of it are put in one
// transaction: a process that is killed neither forgets an alert nor tells it twice.
import {
  anomalyAlert,
  gapAlert,
  markAlert,
  olderAlert,
  summaryAlert,
  type TellableGap,
} from "../alert/alert-content.ts";
import { firstCaptureMemory, watchCapture } from "../alert/capture-watch.ts";
import { firstDiskMemory, watchDisk } from "../alert/disk-watch.ts";
import { isDeepStrictEqual } from "node:util";
import { type Clock, toTimestamp } from "../lib/clock.ts";
import { addDays } from "../lib/zoned-day.ts";
import { localZone, wallTime } from "../lib/zoned-time.ts";
import type { NewAlert } from "../model/alert.ts";
import type { AlertMemories, OlderMemory } from "../model/alert-memory.ts";
import type { Anomaly } from "../model/answer-schema.ts";
import type { Config } from "../model/config.ts";
import type { AlertSource } from "../store/alert-source.ts";
import type { FindingsStore } from "../store/findings-store.ts";

export interface AlertWatcherOptions {
  config: Pick<
    Config,
    "alert_severity" | "alert_after_seconds" | "alert_summaries" | "silence_seconds" | "lang" | "zone"
  >;
  findings: FindingsStore;
  source: AlertSource;
  /** When this process began, in milliseconds since 1970: what capture said before is of another run. */
  startedAt: () => number;
  clock: Clock;
}

export interface AlertWatcher {
  /** Puts what is new. Gives how many alerts. */
  look(): number;
}

/** An anomaly that ended before that was found in old history, and nobody is to be woken for it alone. */
const oldMs = 3 * 86_400_000;
const pageAnomalies = 100;

export function createAlertWatcher(options: AlertWatcherOptions): AlertWatcher {
  const { findings, clock } = options;
  const begun = { isDone: false };
  return {
    look() {
      if (!begun.isDone) begin(options);
      begun.isDone = true;
      const now = toTimestamp(clock.now());
      const looks = [lookAtCapture, lookAtDisk, lookAtGaps, lookAtAnomalies, lookAtMarks, lookAtSummaries];
      return looks.reduce((sum, look) => sum + look(options, now, (work) => tell(findings, now, work)), 0);
    },
  };
}

/** One transaction. Gives how many of them are new. */
type Tell = (work: () => readonly NewAlert[]) => number;

function tell(findings: FindingsStore, now: string, work: () => readonly NewAlert[]): number {
  return findings.write(() => work().filter((alert) => findings.putAlert(alert, now)).length);
}

type Look = (options: AlertWatcherOptions, now: string, tell: Tell) => number;

/** The first time of all: telling begins now. What was found and written before is there to be asked for. */
function begin({ findings, source, startedAt: beganAt }: AlertWatcherOptions): void {
  const isKnown = (subject: keyof AlertMemories): boolean => findings.alertMemory(subject) !== undefined;
  if (isKnown("gaps") && isKnown("marks") && isKnown("summaries") && isKnown("anomalies")) return;
  const startedAt = toTimestamp(beganAt());
  // A gap of this very start is news.
  const oldGaps = allGaps(source).filter(({ recorded_at }) => recorded_at < startedAt);
  findings.write(() => {
    findings.putAlertMemory("gaps", { entry_id: oldGaps.at(-1)?.entry_id ?? 0 });
    findings.putAlertMemory("marks", { mark_id: findings.newestMarkId() });
    findings.putAlertMemory("summaries", { date: findings.summariesAfter("").at(-1)?.date ?? "" });
    findings.putAlertMemory("anomalies", noneOlder);
    for (let isMore = true; isMore;) {
      const untold = findings.untoldAnomalies("low", pageAnomalies);
      for (const { anomaly } of untold) findings.putAnomalyTold(anomaly.anomaly_id, anomaly.severity, false);
      isMore = untold.length > 0;
    }
  });
}

function allGaps(source: AlertSource): TellableGap[] {
  const gaps: TellableGap[] = [];
  for (let page = source.gapsAfter(0); page.length > 0; page = source.gapsAfter(gaps.at(-1)?.entry_id ?? 0))
    gaps.push(...page);
  return gaps;
}

const lookAtCapture: Look = ({ config, findings, source, startedAt }, now, tellAll) => {
  const known = findings.alertMemory("capture") ?? firstCaptureMemory;
  const { memory, alert } = watchCapture(known, source.captureState(), {
    // Capture notices a silence by itself and connects anew; that is given its time.
    afterMs: Math.max(config.alert_after_seconds, 4 * config.silence_seconds) * 1_000,
    startedAt: toTimestamp(startedAt()),
    now,
  });
  if (isDeepStrictEqual(memory, known)) return 0;
  return tellAll(() => {
    findings.putAlertMemory("capture", memory);
    return alert === undefined ? [] : [alert];
  });
};

const lookAtDisk: Look = ({ findings, source, clock }, now, tellAll) => {
  const known = findings.alertMemory("disk") ?? firstDiskMemory;
  const { memory, alert } = watchDisk(known, source.disk(clock.now()), now);
  if (alert === undefined) return 0;
  return tellAll(() => {
    findings.putAlertMemory("disk", memory);
    return [alert];
  });
};

const lookAtGaps: Look = ({ findings, source }, _now, tellAll) => {
  const { entry_id } = findings.alertMemory("gaps") ?? { entry_id: 0 };
  const gaps = source.gapsAfter(entry_id);
  const last = gaps.at(-1);
  if (last === undefined) return 0;
  return tellAll(() => {
    findings.putAlertMemory("gaps", { entry_id: last.entry_id });
    // One that stopped capture is told as that: one page, not two, for one thing.
    return gaps.filter(({ accepted, xid }) => accepted === true || xid !== undefined).map(gapAlert);
  });
};

const noneOlder: OlderMemory = { low: 0, medium: 0, high: 0, from: "", to: "" };

const lookAtAnomalies: Look = ({ config, findings, source, clock }, now, tellAll) => {
  const untold = findings.untoldAnomalies(config.alert_severity, pageAnomalies);
  const older = findings.alertMemory("anomalies") ?? noneOlder;
  const isOlderDue = older.from !== "" && hasReadAll(findings, source);
  if (untold.length === 0 && !isOlderDue) return 0;
  const oldBefore = toTimestamp(clock.now() - oldMs);
  return tellAll(() => {
    const counted = { ...older };
    const alerts: NewAlert[] = [];
    for (const { anomaly, told } of untold) {
      const isOld = anomaly.to < oldBefore;
      // What was only counted until now is told for the first time.
      const before = findings.wasAnomalyTold(anomaly.anomaly_id) ? told : null;
      findings.putAnomalyTold(anomaly.anomaly_id, anomaly.severity, !isOld);
      if (isOld) countOlder(counted, anomaly);
      else alerts.push(anomalyAlert(anomaly, before));
    }
    // All of them in one, when old history has been read to its end.
    if (untold.length < pageAnomalies && isOlderDue) {
      const { from, to, ...counts } = counted;
      alerts.push(olderAlert(counts, from, to, now));
      Object.assign(counted, noneOlder);
    }
    findings.putAlertMemory("anomalies", counted);
    return alerts;
  });
};

function countOlder(counted: OlderMemory, { severity, from, to }: Anomaly): void {
  counted[severity] += 1;
  if (counted.from === "" || from < counted.from) counted.from = from;
  if (to > counted.to) counted.to = to;
}

function hasReadAll(findings: FindingsStore, source: AlertSource): boolean {
  return (findings.detection()?.entry_id ?? Number.MAX_SAFE_INTEGER) >= source.newestEntry();
}

const lookAtMarks: Look = ({ findings }, _now, tellAll) => {
  const { mark_id } = findings.alertMemory("marks") ?? { mark_id: 0 };
  if (findings.newestMarkId() === mark_id) return 0;
  return tellAll(() => {
    const marks = findings.newMarks(mark_id);
    findings.putAlertMemory("marks", { mark_id: marks.at(-1)?.mark_id ?? mark_id });
    return marks.flatMap((mark) => {
      const anomaly = findings.wasAnomalyTold(mark.anomaly_id) ? findings.anomalyById(mark.anomaly_id) : undefined;
      return anomaly === undefined ? [] : [markAlert(anomaly, mark)];
    });
  });
};

const lookAtSummaries: Look = ({ config, findings, clock }, _now, tellAll) => {
  const { date } = findings.alertMemory("summaries") ?? { date: "" };
  const today = wallTime(clock.now(), config.zone ?? localZone()).slice(0, 10);
  // A day to come can be written, by a command or a clock that was wrong; it does not silence those until then.
  const written = findings
    .summariesAfter(date > today ? addDays(today, -1) : date)
    .filter((summary) => summary.date <= today);
  const last = written.at(-1);
  if (last === undefined) return 0;
  return tellAll(() => {
    findings.putAlertMemory("summaries", { date: last.date });
    if (!config.alert_summaries) return [];
    const days = Map.groupBy(written, (summary) => summary.date);
    // One of each day, in the language of this site where there are several.
    return [...days.values()].map((of) => summaryAlert(of.find(({ lang }) => lang === config.lang) ?? of[0]!));
  });
};
