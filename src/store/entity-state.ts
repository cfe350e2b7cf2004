// store: the rows of an entity as they were at a time. Folds its changes and what snapshots found, row by row.
import type Database from "better-sqlite3";
import type { EntityState } from "../model/answer-schema.ts";
import type { ChangeEvent, RowImage } from "../model/change-event.ts";
import { fromChangeRow, prepareChangeEventQueries, type StoredChangeRow } from "./change-event.ts";
import { endOfTime } from "./entry-blocks.ts";
import { placeSnapshots } from "./place-snapshots.ts";

type StateRow = EntityState["rows"][number];

/** The newest changes that are folded; each tells the whole row where the server logs it whole. */
const changesMax = 20_000;
const rowsMax = 500;

interface Folded extends StateRow {
  change_id: number;
}

/** @param at undefined: the newest there is */
export function prepareEntityState(db: Database.Database) {
  const changes = prepareChangeEventQueries(db);
  return (entityType: string, entityId: string, at: string | undefined): Pick<EntityState, "rows" | "truncated"> => {
    const found = changes.ofEntity.all(entityType, entityId, at ?? endOfTime, changesMax + 1);
    const inOrder = placeSnapshots(
      found
        .slice(0, changesMax)
        .toReversed()
        .map((row) => ({ row, item: { kind: "change_event" as const, ...fromChangeRow(row) } })),
    );
    const rows = new Map<string, Folded>();
    for (const { row, item } of inOrder) fold(rows, row, item);
    const statements = new Map<string, StoredChangeRow[]>();
    const state = [...rows.values()].slice(0, rowsMax).map((folded) => {
      const table = `${folded.source_db}.${folded.source_table}`;
      // Of the whole table: asked once, from its first row's last change on.
      const after = statements.get(table) ?? changes.statementsAfter.all(table, 0, at ?? endOfTime);
      statements.set(table, after);
      return withStatements(folded, after);
    });
    return { rows: state, truncated: found.length > changesMax || rows.size > rowsMax };
  };
}

function fold(rows: Map<string, Folded>, { change_id }: StoredChangeRow, change: ChangeEvent): void {
  const { source_db, source_table, source_pk, before, after, metadata } = change;
  if (before === null && after === null) return;
  const keyOf = (pk: RowImage, image: RowImage | null): string =>
    // Without a key a row is known by all that it holds.
    JSON.stringify([source_db, source_table, Object.keys(pk).length === 0 ? image : pk]);
  const key = keyOf(source_pk, after ?? before);
  const previousPk = metadata["previous_pk"] as RowImage | undefined;
  const previousKey = before === null ? key : keyOf(previousPk ?? source_pk, before);
  const known = rows.get(previousKey);
  rows.delete(previousKey);
  rows.delete(key);
  rows.set(key, {
    source_db,
    source_table,
    source_pk,
    ...foldImages(change, known),
    last_change: lastChange(change),
    change_id,
  });
}

function foldImages(change: ChangeEvent, earlier: Folded | undefined): Pick<StateRow, "row" | "complete"> {
  const { operation, before, after } = change;
  if (after === null) return { row: null, complete: true };
  if (operation !== "update" || isWhole(change)) return { row: after, complete: true };
  return { row: { ...before, ...earlier?.row, ...after }, complete: earlier?.complete ?? false };
}

/** Both images have the same columns, and not only those that changed: the server logs rows whole. */
function isWhole({ before, after, changed }: ChangeEvent): boolean {
  const columns = Object.keys(after ?? {});
  return (
    before !== null &&
    columns.length === Object.keys(before).length &&
    columns.every((column) => Object.hasOwn(before, column)) &&
    columns.some((column) => !changed.includes(column))
  );
}

/** A table that was emptied has no rows; of one that a statement changed otherwise, nobody can say which. */
function withStatements({ change_id, ...row }: Folded, statements: readonly StoredChangeRow[]): StateRow {
  let state: StateRow = row;
  for (const statement of statements) {
    if (statement.change_id < change_id) continue;
    const change = fromChangeRow(statement);
    const text = change.metadata["statement"];
    const isGone = change.operation === "truncate" || (typeof text === "string" && /^\s*DROP\s+TABLE\b/i.test(text));
    if (isGone && state.row !== null) state = { ...state, row: null, last_change: lastChange(change) };
    else if (change.operation === "statement" || change.metadata["bulk_erase"] === true)
      state = { ...state, complete: false };
  }
  return state;
}

function lastChange({ event_id, operation, timestamp, actor }: ChangeEvent): StateRow["last_change"] {
  return { event_id, operation, timestamp, actor };
}
