// normalize: which columns are the key of a row that came through Debezium, and how we know. Pure.
import { AppError } from "../model/app-error.ts";
import type { PlainObject } from "./debezium-envelope.ts";

/** `assumed`: the row has a column `id`, and nobody said otherwise. `none`: nothing says what its key is. */
export type KeyGrade = "message" | "setting" | "assumed" | "none";

export type KeyColumns = ReadonlyMap<string, readonly string[]>;

/** `table:column,column;…`, a table also as `database.table` or `database.schema.table`. @throws ingest.invalid */
export function parseKeyColumns(text: string): KeyColumns {
  const found = new Map<string, string[]>();
  for (const part of text.split(";").map((each) => each.trim())) {
    if (part === "") continue;
    const [table = "", list = "", ...more] = part.split(":").map((each) => each.trim());
    const columns = list.split(",").map((each) => each.trim());
    if (table === "" || more.length > 0 || columns.includes("")) {
      throw new AppError("ingest.invalid", `key_columns: "${part.slice(0, 100)}" is not table:column,column`, {
        hint: "For example key_columns=shop.sales:sale_id;shop.sale_items:sale_id,line",
      });
    }
    found.set(table, columns);
  }
  return found;
}

interface KeyQuestion {
  /** Of the message, null where it came without. */
  key: PlainObject | null;
  /** Any column of the row. */
  row: PlainObject;
  /** From the shortest name of the table to the longest. */
  names: readonly string[];
  settings: KeyColumns;
}

export function chooseKey({ key, row, names, settings }: KeyQuestion): { columns: string[]; grade: KeyGrade } {
  if (key !== null && Object.keys(key).length > 0) return { columns: Object.keys(key), grade: "message" };
  const set = names.map((name) => settings.get(name)).findLast((columns) => columns !== undefined);
  if (set !== undefined) return { columns: [...set], grade: "setting" };
  if (Object.hasOwn(row, "id")) return { columns: ["id"], grade: "assumed" };
  return { columns: [], grade: "none" };
}
