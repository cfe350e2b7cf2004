// serve/mcp: an answer and the room there is for it -> an answer that fits, and a list of what was cut from it.
// An assistant reads every byte; one value of a megabyte would push out all the rest.
import { z } from "zod";
import type { JsonValue } from "../../lib/canonical-json.ts";
import { inertJson, wholeCharacters } from "./inert-json.ts";

/** Bytes of the JSON text of one answer. */
export const answerBytesMax = 48 * 1024;

const cutsShown = 20;
const pathCharactersMax = 200;
/** Names of columns and of keys inside JSON columns. */
const keyCharactersMax = 100;
/** Objects of our own schemas have fewer keys; only rows and payloads are cut. */
const keysMin = 40;

/** From generous to tight; the first that fits is taken. */
const rooms = [
  { characters: 2_000, items: 1_000 },
  { characters: 1_000, items: 200 },
  { characters: 300, items: 100 },
  { characters: 300, items: 40 },
  { characters: 100, items: 10 },
  { characters: 100, items: 3 },
  { characters: 50, items: 1 },
] as const;
type Room = (typeof rooms)[number];

export const cutSchema = z
  .object({
    values: z.array(
      z.object({
        path: z.string().describe("JSON pointer into `untrusted_data`."),
        what: z.enum(["characters", "items", "keys"]),
        had: z.number().int(),
        kept: z.number().int(),
      }),
    ),
    more_values: z.number().int().describe("Cut values that are not listed."),
    rest: z.string().describe("How to get what was cut."),
  })
  .meta({ id: "Cut", description: "What was left out of this answer because it was too large." });
export type Cut = z.infer<typeof cutSchema>["values"][number];

export interface Fitted {
  value: JsonValue;
  cuts: Cut[];
}

/** Values that are too large for any answer are cut; the number of items is not touched. undefined: it does not fit even so. */
export function fitWhole(answer: JsonValue, bytesMax: number): Fitted | undefined {
  const fitted = cutTo(answer, { characters: rooms[0].characters, items: Infinity });
  return size(fitted.value) <= bytesMax ? fitted : undefined;
}

/** Cuts until it fits. */
export function fitAnswer(answer: JsonValue, bytesMax: number): Fitted {
  for (const room of rooms) {
    const fitted = cutTo(answer, room);
    if (size(fitted.value) <= bytesMax) return fitted;
  }
  return { value: {}, cuts: [{ path: "", what: "characters", had: size(answer), kept: 0 }] };
}

/** The list in which an answer names what was cut from it; null where nothing was. */
export function describeCuts(cuts: readonly Cut[], rest: string): z.infer<typeof cutSchema> | null {
  if (cuts.length === 0) return null;
  return { values: cuts.slice(0, cutsShown), more_values: Math.max(0, cuts.length - cutsShown), rest };
}

function size(value: JsonValue): number {
  return Buffer.byteLength(inertJson(value));
}

function cutTo(answer: JsonValue, room: Room | { characters: number; items: number }): Fitted {
  const cuts: Cut[] = [];
  return { value: cutValue(answer, "", room, cuts), cuts };
}

function cutValue(value: JsonValue, path: string, room: { characters: number; items: number }, cuts: Cut[]): JsonValue {
  const note = (what: Cut["what"], had: number, kept: number): void => {
    if (kept < had) cuts.push({ path: wholeCharacters(path, pathCharactersMax), what, had, kept });
  };
  if (typeof value === "string") {
    if (value.length <= room.characters) return value;
    note("characters", value.length, room.characters);
    const start = wholeCharacters(value, room.characters);
    return `${start}… [cut: the first ${room.characters} of ${value.length} characters]`;
  }
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) {
    note("items", value.length, Math.min(value.length, room.items));
    return value.slice(0, room.items).map((item, index) => cutValue(item, `${path}/${index}`, room, cuts));
  }
  const entries = Object.entries(value);
  const keys = Math.max(room.items, keysMin);
  note("keys", entries.length, Math.min(entries.length, keys));
  return Object.fromEntries(
    entries.slice(0, keys).map(([key, content]) => {
      const pointer = key.replaceAll("~", "~0").replaceAll("/", "~1");
      return [wholeCharacters(key, keyCharactersMax), cutValue(content, `${path}/${pointer}`, room, cuts)];
    }),
  );
}
