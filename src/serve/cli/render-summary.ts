// serve/cli: DailySummary -> lines for a terminal.
import type { DailySummary } from "../../model/answer-schema.ts";
import { describePlace } from "./render-status.ts";
import { renderTable } from "./render-table.ts";
import { nameActor, renderGround } from "./render-trace.ts";
import { renderWords } from "./render-words.ts";
import { printable } from "./terminal.ts";
import type { Voice } from "./voice.ts";

/** More than these are in `--json`. */
const shownMax = 15;

export function renderSummary(day: DailySummary, voice: Voice): string[] {
  const { words, paint, count, number } = voice;
  const { transaction, changeEvent, businessEvent } = words.count;
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ["", paint("bold", title), ...lines];
  const counted = (title: string, rows: readonly (readonly [string, number])[]): string[] => {
    if (rows.length === 0) return [];
    const columns = [{ title }, { title: words.table.count, align: "right" as const }];
    const cells = rows.slice(0, shownMax).map(([name, value]) => [name, number(value)]);
    const rest = rows.length > shownMax ? [words.common.moreColumns(number(rows.length - shownMax))] : [];
    return [...renderTable(columns, cells, voice), ...rest];
  };
  const before = (held: number | null): string => (held === null ? "–" : number(held));
  const types = day.by_type.map((each) => [
    printable(each.type),
    number(each.count),
    before(each.week_before),
    each.amount?.total ?? "",
  ]);
  const branches = day.by_branch.map((each) => [
    printable(each.branch, 60),
    number(each.count),
    before(each.week_before),
  ]);
  const largest = day.movements.map((each) => [
    printable(each.type),
    each.amount,
    printable(`${each.entity_type} ${each.entity_id}`, 60),
    nameActor(each.actor, words),
    voice.clock(each.occurred_at),
  ]);
  return [
    paint("bold", words.summary.title(day.date, day.zone)),
    "",
    ...renderWords(day.words, voice),
    "",
    `${count(day.transactions, transaction)}, ${count(day.change_events, changeEvent)}, ${count(day.business_events, businessEvent)}`,
    words.summary.unexplained(count(day.unexplained_changes, words.count.change)),
    ...section(
      words.summary.byType,
      types.length === 0
        ? []
        : renderTable(
            [
              { title: words.table.type },
              { title: words.table.count, align: "right" },
              { title: words.table.weekBefore, align: "right" },
              { title: words.table.total, align: "right" },
            ],
            types,
            voice,
          ),
    ),
    ...section(
      words.summary.byBranch,
      branches.length === 0
        ? []
        : renderTable(
            [
              { title: words.table.branch },
              { title: words.table.count, align: "right" },
              { title: words.table.weekBefore, align: "right" },
            ],
            branches.slice(0, shownMax),
            voice,
          ),
    ),
    ...section(
      words.summary.largest,
      largest.length === 0
        ? []
        : renderTable(
            [
              { title: words.table.type },
              { title: words.table.amount, align: "right" },
              { title: words.table.entity },
              { title: words.table.actor },
              { title: words.table.time },
            ],
            largest.slice(0, shownMax),
            voice,
          ),
    ),
    ...section(
      words.summary.anomalies,
      counted(
        words.table.kind,
        day.anomalies.by_kind.map((each) => [printable(each.kind), each.count]),
      ),
    ),
    ...section(
      words.summary.byActor,
      counted(
        words.table.actor,
        day.by_actor.map((each) => [nameActor(each.actor, words), each.count]),
      ),
    ),
    ...section(
      words.summary.byEntity,
      counted(
        words.table.entity,
        day.by_entity.map((each) => [printable(`${each.entity_type} ${each.entity_id}`, 80), each.count]),
      ),
    ),
    ...section(
      words.summary.byTable,
      counted(
        words.table.table,
        day.by_table.map((each) => [printable(`${each.operation} ${each.table}`, 80), each.count]),
      ),
    ),
    ...section(
      words.summary.gapsOfDay,
      day.gaps.map((gap) => paint("red", `${describePlace(gap, voice)}: ${printable(gap.reason, 300)}`)),
    ),
    "",
    ...renderGround(day.coverage, voice),
  ];
}
