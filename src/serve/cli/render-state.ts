// serve/cli: EntityState -> lines for a terminal. Each row of the entity with all its columns, and its last change before.
import type { EntityState } from "../../model/answer-schema.ts";
import { nameActor, renderGround, renderValue } from "./render-trace.ts";
import { printable } from "./terminal.ts";
import type { Voice } from "./voice.ts";

export function renderEntityState(state: EntityState, voice: Voice): string[] {
  const { words, paint, time } = voice;
  const title = printable(`${state.entity_type} ${state.entity_id}`);
  const rows = state.rows.flatMap(({ source_db, source_table, source_pk, row, complete, last_change }) => {
    const key = Object.values(source_pk).map(renderValue).join("/");
    const columns = Object.entries(row ?? {}).map(
      ([name, value]) => [printable(name, 60), renderValue(value)] as const,
    );
    const width = Math.max(0, ...columns.map(([name]) => name.length));
    const who = words.actor.by(nameActor(last_change.actor, words));
    return [
      `${paint("cyan", printable(`${source_db}.${source_table}`))} ${key}${row === null ? `  ${paint("red", words.state.deleted)}` : ""}`,
      ...columns.map(([name, value]) => `    ${name.padEnd(width)}  ${value}`),
      ...(complete ? [] : [`    ${paint("yellow", words.state.incomplete)}`]),
      `    ${words.state.lastChange(last_change.operation, time(last_change.timestamp), who)}`,
      "",
    ];
  });
  return [
    paint("bold", words.state.asOf(title, time(state.at))),
    "",
    ...rows,
    ...(state.truncated ? [words.state.truncated, ""] : []),
    ...renderGround(state.coverage, voice),
  ];
}
