// alert: what stands out, a mark, a gap, a summary, a verification -> the alert that tells of it. Text of others in the sentence is
// inert: on one line, not endless, without characters that act.
import type { JsonObject, JsonValue } from "../lib/canonical-json.ts";
import { inertText } from "../lib/inert-text.ts";
import type { NewAlert, ReceiverName } from "../model/alert.ts";
import type { Anomaly } from "../model/answer-schema.ts";
import type { VerifyReport } from "../model/trace.ts";

/** Ids and faults in one alert; `auditctl explain` and `auditctl verify` give all. */
const listedMax = 20;
/** Of one text in the data. A column can hold a megabyte, which receivers refuse: whoever wrote it would be told of to nobody. */
const textMax = 1_000;

export function anomalyAlert(anomaly: Anomaly, told: Anomaly["severity"] | null): NewAlert {
  const { anomaly_id, severity } = anomaly;
  const opened = told === null;
  const what = opened ? `Anomaly (${severity})` : `Anomaly, now ${severity}`;
  return {
    alert_key: `anomaly/${anomaly_id}/${severity}`,
    type: opened ? "anomaly.opened" : "anomaly.raised",
    severity,
    text: `${what}: ${about(anomaly)}: ${inertText(anomaly.reason, 1_000)}`,
    data: { anomaly: anomalyData(anomaly), was: told },
  };
}

export interface TellableMark {
  mark_id: number;
  state: Anomaly["state"];
  marked_by: string;
  note: string | null;
  marked_at: string;
}

export function markAlert(anomaly: Anomaly, { mark_id, state, marked_by, note, marked_at }: TellableMark): NewAlert {
  const why = note === null ? "" : `: ${inertText(note, 500)}`;
  return {
    alert_key: `mark/${mark_id}`,
    type: "anomaly.marked",
    severity: "low",
    text: `${inertText(marked_by, 100)} marked an anomaly as ${state}: ${about(anomaly)}${why}`,
    data: { anomaly: anomalyData(anomaly), mark: { state, marked_by: brief(marked_by), note: brief(note), marked_at } },
  };
}

/** Found while old history was read: nobody is paged for each. */
export function olderAlert(
  counts: Record<Anomaly["severity"], number>,
  from: string,
  to: string,
  now: string,
): NewAlert {
  const parts = (["high", "medium", "low"] as const).flatMap((severity) =>
    counts[severity] === 0 ? [] : [`${counts[severity]} ${severity}`],
  );
  return {
    alert_key: `older/${now}`,
    type: "anomalies.older",
    severity: "low",
    text: `Detection found anomalies in older history, from ${from} to ${to}: ${parts.join(", ")}. See auditctl anomalies.`,
    data: { counts: { ...counts }, from, to },
  };
}

export interface TellableGap {
  entry_id: number;
  recorded_at: string;
  reason: string;
  from_gtid_set: string;
  to_gtid_set: string | null;
}

export function gapAlert({ entry_id, recorded_at, reason, from_gtid_set, to_gtid_set }: TellableGap): NewAlert {
  return {
    alert_key: `gap/${entry_id}`,
    type: "gap.recorded",
    severity: "high",
    text: `The trail has a gap, recorded as entry ${entry_id}; reading goes on after it: ${inertText(reason, 500)}`,
    data: {
      entry_id,
      recorded_at,
      reason: brief(reason),
      from_gtid_set: brief(from_gtid_set),
      to_gtid_set: brief(to_gtid_set),
    },
  };
}

export function summaryAlert({
  date,
  zone,
  lang,
  words,
}: Record<"date" | "zone" | "lang" | "words", string>): NewAlert {
  return {
    alert_key: `summary/${date}`,
    type: "summary.written",
    severity: "low",
    text: `The summary of ${date} (${zone}) is written.`,
    data: { date, zone, lang, words: words.slice(0, 10_000) },
  };
}

export function verifyAlert(report: VerifyReport, now: string): NewAlert {
  const { ok, entries, truncated } = report;
  if (ok) {
    return {
      alert_key: `verify/passed/${now}`,
      type: "verify.passed",
      severity: "low",
      text: `The trail verifies again: ${entries} entries.`,
      data: { entries, head: report.head },
    };
  }
  const faults = report.faults.slice(0, listedMax);
  const many = `${report.faults.length}${truncated ? " or more" : ""} ${report.faults.length === 1 ? "fault" : "faults"}`;
  const first = faults[0] === undefined ? "" : `, first ${inertText(faults[0].place)}: ${inertText(faults[0].message)}`;
  return {
    alert_key: `verify/failed/${now}`,
    type: "verify.failed",
    severity: "high",
    text: `The trail does not verify: ${many}${first}`,
    data: { entries, head: report.head, faults, truncated },
  };
}

export function lostAlert(receiver: ReceiverName, lost: number, from: string, now: string): NewAlert {
  return {
    alert_key: `lost/${receiver}/${now}`,
    type: "alerts.lost",
    severity: "medium",
    text: `Alerts could not be delivered to ${receiver} and were given up: ${lost} since ${from}. See auditctl alerts list --undelivered.`,
    data: { receiver, lost, from },
  };
}

export function testAlert(now: string): NewAlert {
  return {
    alert_key: `test/${now}`,
    type: "alerts.test",
    severity: "low",
    text: "This is a test of audit-overlay's alerts; nothing has happened.",
    data: {},
  };
}

function about({ kind, entity_type, entity_id, actor }: Anomaly): string {
  const who = actor === null || actor.id === null ? "" : ` by ${inertText(actor.id, 100)}`;
  return `${inertText(kind, 60)} at ${inertText(`${entity_type} ${entity_id}`, 200)}${who}`;
}

function anomalyData(anomaly: Anomaly): JsonObject {
  const { business_event_ids, change_event_ids, actor, numbers, entity_type, entity_id, reason, ...rest } = anomaly;
  return {
    ...withoutMark(rest),
    entity_type: brief(entity_type),
    entity_id: brief(entity_id),
    reason: brief(reason),
    actor: actor === null ? null : { ...actor, id: brief(actor.id) },
    numbers: { ...numbers },
    business_event_ids: business_event_ids.slice(0, listedMax),
    change_event_ids: change_event_ids.slice(0, listedMax),
  };
}

function withoutMark(anomaly: Record<string, unknown>): JsonObject {
  const { mark: _mark, ...rest } = anomaly;
  return rest as JsonObject;
}

/** What the source says, a set of GTIDs too, can be of any length. */
function brief(text: string | null): JsonValue {
  return text === null || text.length <= textMax ? text : `${text.slice(0, textMax).toWellFormed()}…`;
}
