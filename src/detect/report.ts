// detect: what a detector found -> an anomaly. What goes on is one anomaly with one id; what a person expects is not told again.
import { nameBasedId } from "../lib/name-based-id.ts";
import type { Actor } from "../model/change-event.ts";
import type { Anomaly } from "../model/answer-schema.ts";
import type { WatchDefinition } from "../model/detection.ts";
import { dayMs, timeText } from "./calendar.ts";
import type { Memory, Remembered } from "./memory.ts";
import type { Proof } from "./sighting.ts";
import { rounded } from "./statistics.ts";

export interface Finding {
  key: string;
  /** What it is about: the entity of the key, or of an event. */
  entity_type: string;
  entity_id: string;
  actor: Actor | null;
  /** When it was noticed, application time. */
  now: number;
  /** Standard deviations, after all the looks. */
  score: number;
  reason: string;
  numbers: Record<string, number>;
  /** Those not told before are added. */
  proofs: readonly Proof[];
  /** The same key again within this time is the same thing going on. */
  gapMs: number;
  /**
   * How far it is from usual, whatever the number of samples: what was said to be expected is expected up to here. Without it,
   * the score.
   */
  level?: number;
}

export interface Report {
  (finding: Finding): void;
  /** Something of this key was found lately, may be going on, and nobody has said that it is expected. */
  isOpen(key: string, now: number): boolean;
  /** @returns the key it was found under; undefined where that is forgotten */
  mark(anomaly: Anomaly, state: Anomaly["state"]): string | undefined;
  /** Forgets what no longer goes on; now and then is enough, as it is not taken for going on anyway. */
  advance(now: number): void;
}

interface OpenState extends Remembered {
  anomaly: Anomaly;
  until: number;
}

interface FoundState extends Remembered {
  key: string;
  /** The highest so far. */
  level: number;
}

/** `seen`: the last time that the marked one rests on. */
interface ExpectedState extends Remembered {
  /** The one that was marked. */
  anomaly_id: string;
  level: number;
}

const evidenceMax = 200;
/** What is this little beyond the expected is still expected. */
const expectedSlack = 1.25;
/** A key that was marked so long ago counts as unmarked. */
const expectedForMs = 400 * dayMs;

/** @param pending where findings are put, whole, under their id: new ones and those that have gone on */
export function createReport(watch: WatchDefinition, memory: Memory, pending: Map<string, Anomaly>): Report {
  const open = memory.rows<OpenState>("open", 500);
  const found = memory.rows<FoundState>("found", 2_000);
  const expected = memory.rows<ExpectedState>("expected", 2_000);

  const acceptedOf = (key: string, now: number): ExpectedState | undefined => {
    const accepted = expected.get(key);
    return accepted !== undefined && now - accepted.seen <= expectedForMs ? accepted : undefined;
  };

  const report = (finding: Finding): void => {
    const { key, now, level = finding.score } = finding;
    const accepted = acceptedOf(key, now);
    // When the trail is read again: until then it comes out as the person saw it, and all of that is expected.
    const isAsMarked = accepted !== undefined && now <= accepted.seen;
    if (isAsMarked) expected.put(key, { ...accepted, level: Math.max(accepted.level, level) });
    else if (accepted !== undefined && level <= accepted.level * expectedSlack) return;
    const before = open.get(key);
    // More than was said to be expected is another one: what was said is not said of it.
    const isBeyond = accepted !== undefined && !isAsMarked && before?.anomaly.anomaly_id === accepted.anomaly_id;
    const goesOn = before !== undefined && now <= before.until && !isBeyond;
    const anomaly = goesOn
      ? continued(before.anomaly, finding, watch)
      : opened(finding, watch, accepted === undefined || isAsMarked ? 0 : -1);
    if (goesOn && sameFinding(before.anomaly, anomaly)) return;
    open.put(key, { seen: now, anomaly, until: now + finding.gapMs });
    const earlier = found.get(anomaly.anomaly_id)?.level ?? 0;
    found.put(anomaly.anomaly_id, { seen: now, key, level: Math.max(earlier, level) });
    pending.set(anomaly.anomaly_id, anomaly);
  };
  return Object.assign(report, {
    isOpen(key: string, now: number) {
      const one = open.get(key);
      return one !== undefined && one.until >= now && one.anomaly.anomaly_id !== acceptedOf(key, now)?.anomaly_id;
    },
    mark({ anomaly_id, to }: Anomaly, state: Anomaly["state"]) {
      const known = found.get(anomaly_id);
      if (known === undefined) return undefined;
      const { key, level } = known;
      if (state === "expected") expected.put(key, { seen: Date.parse(to), anomaly_id, level });
      else if (expected.get(key)?.anomaly_id === anomaly_id) expected.drop(key);
      return key;
    },
    advance(now: number) {
      for (const [key, { until }] of open.entries()) if (until < now) open.drop(key);
    },
  });
}

/** @param namedBy which piece of evidence its id is made of: the first, or (-1) the newest, where the first may be of another */
function opened(finding: Finding, watch: WatchDefinition, namedBy: 0 | -1): Anomaly {
  const { key, entity_type, entity_id, actor, now, proofs } = finding;
  const times = proofs.map(({ at }) => at);
  const from = times.length === 0 ? now : Math.min(...times);
  const first = proofs.flatMap(({ business, changes }) => business ?? changes[0] ?? []).at(namedBy) ?? timeText(from);
  const anomaly: Anomaly = {
    anomaly_id: nameBasedId(`anomaly\n${watch.name}\n${key}\n${first}`),
    kind: watch.name,
    severity: "low",
    score: 0,
    entity_type,
    entity_id,
    actor,
    from: timeText(from),
    to: timeText(from),
    detected_at: timeText(now),
    reason: "",
    numbers: {},
    state: "open",
    business_event_ids: [],
    change_event_ids: [],
  };
  return continued(anomaly, finding, watch);
}

/** Under the id it had; what there is to say of it is the newest. */
function continued(anomaly: Anomaly, finding: Finding, watch: WatchDefinition): Anomaly {
  const score = rounded(Math.max(anomaly.score, finding.score));
  const to = Math.max(Date.parse(anomaly.to), ...finding.proofs.map(({ at }) => at));
  const numbers = Object.fromEntries(Object.entries(finding.numbers).map(([name, value]) => [name, rounded(value)]));
  const { business_event_ids, change_event_ids } = anomaly;
  return {
    ...anomaly,
    score,
    severity: watch.severity ?? severityOf(score),
    to: timeText(to),
    reason: finding.reason,
    numbers,
    actor: anomaly.actor?.id === finding.actor?.id ? anomaly.actor : null,
    business_event_ids: joined(
      business_event_ids,
      finding.proofs.flatMap(({ business }) => business ?? []),
    ),
    change_event_ids: joined(
      change_event_ids,
      finding.proofs.flatMap(({ changes }) => changes),
    ),
  };
}

function sameFinding(before: Anomaly, after: Anomaly): boolean {
  return before.reason === after.reason && before.to === after.to && before.score === after.score;
}

function joined(known: readonly string[], more: readonly string[]): string[] {
  return known.length >= evidenceMax ? [...known] : [...new Set([...known, ...more])].slice(0, evidenceMax);
}

function severityOf(score: number): Anomaly["severity"] {
  return score < 4.5 ? "low" : score < 8 ? "medium" : "high";
}
