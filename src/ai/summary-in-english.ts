// ai: the sentences of a day's story in English.
import { anomalyPhrase, entityPhrase, personPhrase } from "./anomaly-phrase.ts";
import type { SummaryFacts } from "./summary-facts.ts";
import { lowerFirst, type Noun, type Telling, upperFirst } from "./telling.ts";
import type { SummaryParts } from "./write-summary.ts";

const transaction: Noun = ["transaction", "transactions"];
const rowChange: Noun = ["row change", "row changes"];
const businessEvent: Noun = ["business event", "business events"];
const event: Noun = ["event", "events"];

export function summaryInEnglish(facts: SummaryFacts, telling: Telling): SummaryParts {
  return {
    unusual: () => [head(facts, telling), ...anomalies(facts, telling), ...gaps(facts, telling)],
    figures: () =>
      facts.transactions === 0 ? quiet(facts, telling) : [totals(facts, telling), clockTimes(facts, telling)],
    details: () => [...types(facts, telling), ...places(facts, telling), ...movements(facts, telling)],
    limits: () => limits(facts, telling),
  };
}

function head(
  { date, transactions, trail_begins, anomalies: found, ...facts }: SummaryFacts,
  telling: Telling,
): string {
  const { day, count, number, list } = telling;
  if (found.count > 0) {
    const severities = (["high", "medium", "low"] as const).filter((severity) => found[severity] > 0);
    const [only] = severities;
    const told =
      severities.length === 1 && only !== undefined
        ? `${found.count === 1 ? "" : "all "}of ${only} severity`
        : list(severities.map((severity) => `${number(found[severity])} of ${severity} severity`));
    const verb = found.count === 1 ? "is" : "are";
    return `On ${day(date)} there ${verb} ${count(found.count, ["anomaly", "anomalies"])} on record, ${told}.`;
  }
  if (transactions > 0) return `No anomaly is on record for ${day(date)}.`;
  if (facts.begins_after_the_day && trail_begins !== null) {
    const begins = `${telling.day(trail_begins.slice(0, 10))} ${telling.at(trail_begins)}`;
    return `The trail holds nothing of ${day(date)}: it begins on ${begins}.`;
  }
  return `Nothing was recorded on ${day(date)}: no transaction, no row change.`;
}

function anomalies({ date, anomalies: found }: SummaryFacts, telling: Telling): string[] {
  if (found.count === 0) return [];
  const { gravest, kinds, more_kinds } = found;
  const phrases = gravest.map((anomaly) => anomalyPhrase(anomaly, telling, date));
  if (found.count <= gravest.length) return phrases.map((phrase) => `${upperFirst(phrase)}.`);
  const kindsTold = kinds.map(({ label, count }) => `${lowerFirst(label)} ${telling.number(count)}`);
  const more = more_kinds === 0 ? [] : [telling.count(more_kinds, ["other kind", "other kinds"])];
  return [`By kind: ${telling.list([...kindsTold, ...more])}.`, `The gravest: ${phrases.join("; ")}.`];
}

function gaps({ gaps: told, gap_count, more_gaps, date }: SummaryFacts, { number, at, shortDay }: Telling): string[] {
  if (gap_count === 0) return [];
  const each = told.map(
    (gap) => `${at(gap.at)}${gap.at.startsWith(date) ? "" : ` on ${shortDay(gap.at)}`} (“${quoted(gap.reason)}”)`,
  );
  const more = more_gaps > 0 ? ` and ${number(more_gaps)} more` : "";
  const what = gap_count === 1 ? "A gap in the trail was" : `${number(gap_count)} gaps in the trail were`;
  return [
    `${what} noted ${each.join(", ")}${more}; what happened in ${gap_count === 1 ? "it" : "them"} is in none of these figures.`,
  ];
}

function quoted(text: string): string {
  return text.replace(/[“”]/g, "'").replace(/\.$/, "");
}

function quiet({ compared, is_newest_day, begins_after_the_day, gap_count }: SummaryFacts, telling: Telling): string[] {
  const { shortDay, number, list } = telling;
  if (begins_after_the_day) return [];
  const days = compared.map(({ date, weekday }) => `${weekday} ${shortDay(date)}`);
  const before = compared.map(
    ({ business_events }, index) => `${days[index]} had ${business_events === 0 ? "none" : number(business_events)}`,
  );
  const isSame = compared.every(({ business_events }) => business_events === 0);
  const told =
    days.length === 0
      ? []
      : isSame
        ? [`There was no business event on ${days.join(" or ")} either.`]
        : [`Of business events, ${list(before)}.`];
  if (is_newest_day) {
    return [
      ...told,
      "The trail holds nothing later either, so it cannot tell a quiet day from one that has not been read yet.",
    ];
  }
  return gap_count > 0
    ? told
    : [...told, "The trail goes on after it, so the day has been read and nothing was in it."];
}

function totals(facts: SummaryFacts, telling: Telling): string {
  const { count } = telling;
  const held = `${count(facts.transactions, transaction)} with ${count(facts.row_changes, rowChange)}`;
  if (facts.business_events === 0) return `The day had ${held}; no business event came of them.`;
  return `The day had ${held} and ${count(facts.business_events, businessEvent)}${comparison(facts, telling)}.`;
}

function comparison({ compared, business_events }: SummaryFacts, { number, shortDay, list }: Telling): string {
  if (compared.length > 0 && compared.every((day) => day.business_events === 0)) {
    const days = compared.map(({ date, weekday }) => `${weekday} ${shortDay(date)}`);
    return `, where there was none on ${list(days)}`;
  }
  const parts = compared.map(({ date, weekday, weeks_before, business_events: before, change_percent: change }) => {
    const day =
      weeks_before === 1 ? `on the ${weekday} before, ${shortDay(date)}` : `two weeks before, ${shortDay(date)}`;
    if (before === 0) return `after none ${day}`;
    if (before === business_events) return `as many as ${day}`;
    if (change === null || change === 0) return `after ${number(before)} ${day}`;
    return `${number(Math.abs(change))}% ${change > 0 ? "more" : "fewer"} than ${day} (${number(before)})`;
  });
  return parts.length === 0 ? "; there is no earlier week to compare it with" : `, ${parts.join(", and ")}`;
}

function clockTimes({ first_at, last_at, zone }: SummaryFacts, { at }: Telling): string {
  if (first_at === null || last_at === null) return "";
  if (first_at === last_at) return `All of it was committed ${at(first_at)} (${zone}).`;
  return `The first was committed ${at(first_at)}, the last ${at(last_at)} (${zone}).`;
}

function types({ types: told, more_types, new_types, missing_types }: SummaryFacts, telling: Telling): string[] {
  const { number, list, count } = telling;
  const sentences: string[] = [];
  const parts = told.map(({ label, count: often, week_before, total, total_week_before }) => {
    const before = week_before === null ? "" : `, ${week_before === 0 ? "none" : number(week_before)} a week before`;
    const against = total_week_before === null ? "" : ` against ${number(total_week_before)}`;
    const sum = total === null ? "" : `; ${number(total)} in all${against}`;
    return `${lowerFirst(label)} (${telling.times(often)}${before}${sum})`;
  });
  const more = more_types === 0 ? [] : [count(more_types, ["other type", "other types"])];
  if (parts.length === 1 && more.length === 0) sentences.push(`All events were ${parts[0]}.`);
  else if (parts.length > 0) sentences.push(`Most frequent were ${list([...parts, ...more])}.`);
  if (new_types.length > 0) {
    sentences.push(
      `Also new against the week before: ${list(new_types.map(({ label, count: often }) => `${lowerFirst(label)} (${number(often)})`))}.`,
    );
  }
  if (missing_types.length > 0) {
    const gone = missing_types.map(({ label, week_before }) => `${lowerFirst(label)} (${number(week_before)})`);
    sentences.push(`Seen a week before, but not on this day: ${list(gone)}.`);
  }
  return sentences;
}

function places({ branches, more_branches, silent_branches, users }: SummaryFacts, telling: Telling): string[] {
  const { number, list, name, count } = telling;
  const sentences: string[] = [];
  if (branches.length > 0) {
    const parts = branches.map(({ branch, count: events, week_before }, index) => {
      const before = week_before === null ? "" : ` (${week_before === 0 ? "none" : number(week_before)} a week before)`;
      return `branch ${name(branch)} with ${index === 0 ? count(events, event) : number(events)}${before}`;
    });
    const more = more_branches === 0 ? [] : [count(more_branches, ["other branch", "other branches"])];
    sentences.push(`By branch: ${list([...parts, ...more])}.`);
  }
  if (silent_branches.length > 0) {
    const silent = silent_branches.map(
      ({ branch, week_before }) => `branch ${name(branch)} (${number(week_before)} a week before)`,
    );
    sentences.push(`Nothing came from ${list(silent)}.`);
  }
  if (users.length > 0) {
    const active = users.map(({ actor, count: events }) => `${personPhrase(actor, telling)} (${count(events, event)})`);
    sentences.push(`Most active: ${list(active)}.`);
  }
  return sentences;
}

function movements({ movements: told, date }: SummaryFacts, telling: Telling): string[] {
  if (told.length === 0) return [];
  const { number, name, at, shortDay } = telling;
  const parts = told.map((movement) => {
    const { label, entity_type, entity_id, branch, actor, amount } = movement;
    const when = movement.at.startsWith(date) ? at(movement.at) : `${at(movement.at)} on ${shortDay(movement.at)}`;
    const where = branch === null ? [] : [`branch ${name(branch)}`];
    const who = actor === null ? [] : [personPhrase(actor, telling)];
    return `${lowerFirst(label)}, ${number(amount)} (${[entityPhrase(entity_type, entity_id, telling), ...where, ...who, when].join(", ")})`;
  });
  return [`The largest of ${parts.length === 1 ? "its kind" : "their kinds"}: ${parts.join("; ")}.`];
}

function limits(facts: SummaryFacts, telling: Telling): string[] {
  const { unexplained_changes, unexplained_tables, trail_begins, begins_after_the_day, is_newest_day, last_at } = facts;
  const { number, list, name, at } = telling;
  const sentences: string[] = [];
  if (facts.transactions > 0) {
    const tables = unexplained_tables.map(({ table, count }) => `${name(table)} (${number(count)})`);
    if (unexplained_changes === 0) sentences.push("Rules explain every row change.");
    else if (unexplained_changes === facts.row_changes) sentences.push("No rule explains any of the row changes.");
    else {
      const isAll = unexplained_tables.reduce((sum, each) => sum + each.count, 0) === unexplained_changes;
      const where = isAll && tables.length === 1 ? name(unexplained_tables[0]!.table) : list(tables);
      const of = `${number(unexplained_changes)} of the ${number(facts.row_changes)} row changes`;
      sentences.push(`No rule explains ${of}, ${isAll ? "" : "above all "}in ${where}.`);
    }
  }
  if (trail_begins !== null && !begins_after_the_day) {
    sentences.push(`The trail begins on this day ${at(trail_begins)}; what was before is not in it.`);
  }
  if (is_newest_day && last_at !== null) {
    sentences.push(
      `Nothing later than ${last_at.slice(11)} is in the trail yet, so more of this day may come; it is compared with whole days.`,
    );
  }
  if (facts.gap_count === 0 && facts.transactions > 0) sentences.push("No gap was noted on this day.");
  return sentences;
}
