// serve/cli: lists of events, a single one and what a search found -> lines for a terminal.
import type { EventAnswer, EventPage, ListedEvent, SearchPage } from "../../model/answer-schema.ts";
import { renderTable, type TableColumn } from "./render-table.ts";
import { nameActor, renderChangeContent, renderGround, renderItem, renderValue } from "./render-trace.ts";
import { printable } from "./terminal.ts";
import type { Voice } from "./voice.ts";

/** Narrower than this a table has no room for ids, unless they are asked for. */
const widthOfIds = 140;
const idLength = 36;
const type = 1;

export function renderEventPage(page: EventPage, voice: Voice, ids = false): string[] {
  return [...renderEvents(page.items, voice, ids), "", ...renderEnd(page, voice)];
}

export function renderSearchPage(page: SearchPage, voice: Voice, ids = false): string[] {
  const cut = page.searched_back_to === null ? [] : [voice.words.search.cut(voice.time(page.searched_back_to))];
  return [...renderEvents(page.items, voice, ids), "", ...cut, ...renderEnd(page, voice)];
}

/** How a page goes on, and what it rests on. */
export function renderEnd({ next_cursor, coverage }: Omit<EventPage, "items">, voice: Voice): string[] {
  const more = next_cursor === null ? [] : [voice.words.common.more(printable(next_cursor, 500))];
  return [...more, ...renderGround(coverage, voice)];
}

export function renderEvents(events: readonly ListedEvent[], voice: Voice, ids = false): string[] {
  const { words, paint, width } = voice;
  if (events.length === 0) return [words.common.nothing];
  const withIds = ids || width === undefined || width >= widthOfIds;
  const columns: TableColumn[] = [
    { title: words.table.time, min: 20 },
    { title: words.table.type, min: 12 },
    { title: words.table.entity, min: 10 },
    { title: words.table.actor },
    { title: words.table.told, min: 12 },
    ...(withIds ? [{ title: words.table.id, min: idLength }] : []),
  ];
  const rows = events.map((event) => {
    const cells = [...eventCells(event, voice), idOf(event)];
    return withIds ? cells : cells.slice(0, -1);
  });
  return renderTable(columns, rows, voice, (text, column) => (column === type ? paint("cyan", text) : text));
}

/** One line, for a list that grows. */
export function renderEventLine(event: ListedEvent, voice: Voice): string {
  const [time = "", name = "", ...rest] = eventCells(event, voice);
  return [time, voice.paint("cyan", name), ...rest].filter((cell) => cell !== "").join("  ");
}

export function renderEventAnswer({ event, business_event_ids, coverage }: EventAnswer, voice: Voice): string[] {
  const partOf = business_event_ids.length === 0 ? [] : [voice.words.events.partOf(business_event_ids.join(", ")), ""];
  return [
    ...renderItem(event, voice, business_event_ids.length > 0),
    `    ${idOf(event)}`,
    "",
    ...partOf,
    ...renderGround(coverage, voice),
  ];
}

function eventCells(event: ListedEvent, voice: Voice): string[] {
  const entity = printable(`${event.entity_type} ${event.entity_id}`, 80);
  const who = event.actor.id === null ? "" : nameActor(event.actor, voice.words);
  if (event.kind === "business_event") {
    const told = Object.entries(event.payload).map(([name, value]) => `${printable(name, 60)} ${renderValue(value)}`);
    return [voice.clock(event.occurred_at), voice.label(event), entity, who, told.join(" · ")];
  }
  const name = printable(`${event.operation} ${event.source_table}`, 80);
  return [voice.clock(event.timestamp), name, entity, who, renderChangeContent(event, voice)];
}

export function idOf(event: ListedEvent): string {
  return event.kind === "business_event" ? event.business_event_id : event.event_id;
}
