// store: where a page ends, as text that a reader gives back for the next one. Opaque: base64url of a small JSON.
import { AppError } from "../model/app-error.ts";

/** A row in the ledger: its entry, and its own number. */
export interface Place {
  entry: number;
  id: number;
}

/** After every row that there is. */
export const behindAll: Place = { entry: Number.MAX_SAFE_INTEGER, id: Number.MAX_SAFE_INTEGER };

/** @param use which question of which kind it belongs to, such as `events/change_event` */
export function writeCursor(use: string, place: readonly number[]): string {
  return Buffer.from(JSON.stringify([use, ...place])).toString("base64url");
}

/** As many numbers as were written. @throws usage.query for what `writeCursor` has not written for that use */
export function readCursor(use: string, cursor: string, count: number): number[] {
  const bytes = Buffer.from(cursor, "base64url");
  const parsed = parse(bytes.toString());
  if (bytes.toString("base64url") === cursor && Array.isArray(parsed) && parsed[0] === use) {
    const place: unknown[] = parsed.slice(1);
    if (place.length === count && place.every(isNumber)) return place;
  }
  throw foreignCursor();
}

export function readPlace(use: string, cursor: string): Place {
  const [entry = 0, id = 0] = readCursor(use, cursor, 2);
  return { entry, id };
}

export function foreignCursor(): AppError {
  return new AppError("usage.query", "the cursor is damaged, or belongs to another question", {
    hint: "Give the cursor of the page before as it was, or none to begin anew.",
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
