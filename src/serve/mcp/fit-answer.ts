// serve/mcp: an answer and the room there is for it -> an answer that fits, and a list of what was cut from it.
// An assistant reads every byte; one value of a megabyte would push out all the rest.
import { z } from "zod";
import type { JsonObject, JsonValue } from "../../lib/canonical-json.ts";
import { assistantJson, wholeCharacters } from "./assistant-json.ts";

/** Bytes of the JSON text of one answer. */
export const answerBytesMax = 48 * 1024;

const cutsShown = 20;
const pathCharactersMax = 200;
/** Names of columns and of keys inside JSON columns. */
const keyCharactersMax = 100;
/** Objects of our own schemas have fewer keys and lie no deeper; only rows and payloads are cut. */
const keysMin = 20;
const keysMinDepth = 4;

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
  return cutTo(answer, { characters: rooms[0].characters, items: Infinity }, bytesMax);
}

/** Cuts until it fits. */
export function fitAnswer(answer: JsonValue, bytesMax: number): Fitted {
  for (const room of rooms) {
    const fitted = cutTo(answer, room, bytesMax);
    if (fitted !== undefined) return fitted;
  }
  return { value: {}, cuts: [{ path: "", what: "keys", had: Object.keys(answer ?? {}).length, kept: 0 }] };
}

/** The list in which an answer names what was cut from it; null where nothing was. */
export function describeCuts(cuts: readonly Cut[], rest: string): z.infer<typeof cutSchema> | null {
  if (cuts.length === 0) return null;
  return { values: cuts.slice(0, cutsShown), more_values: Math.max(0, cuts.length - cutsShown), rest };
}

interface Cutting {
  characters: number;
  items: number;
  cuts: Cut[];
  /** Bytes that there still is room for, at least; below zero nobody goes on. */
  left: number;
}

function cutTo(answer: JsonValue, room: Pick<Cutting, "characters" | "items">, bytesMax: number): Fitted | undefined {
  const cutting: Cutting = { ...room, cuts: [], left: bytesMax };
  const value = cutValue(answer, "", cutting);
  if (cutting.left < 0 || Buffer.byteLength(assistantJson(value)) > bytesMax) return undefined;
  return { value, cuts: cutting.cuts };
}

function cutValue(value: JsonValue, path: string, cutting: Cutting): JsonValue {
  if (typeof value === "string") return cutText(value, path, cutting);
  cutting.left -= 1;
  if (value === null || typeof value !== "object") return value;
  return Array.isArray(value) ? cutList(value, path, cutting) : cutObject(value, path, cutting);
}

function cutText(value: string, path: string, cutting: Cutting): string {
  const { characters } = cutting;
  cutting.left -= Math.min(value.length, characters);
  if (value.length <= characters) return value;
  note(cutting, path, "characters", value.length, characters);
  return `${wholeCharacters(value, characters)}… [cut: the first ${characters} of ${value.length} characters]`;
}

function cutList(value: readonly JsonValue[], path: string, cutting: Cutting): JsonValue[] {
  note(cutting, path, "items", value.length, cutting.items);
  const kept: JsonValue[] = [];
  for (const item of value.slice(0, cutting.items)) {
    if (cutting.left < 0) break;
    kept.push(cutValue(item, `${path}/${kept.length}`, cutting));
  }
  return kept;
}

function cutObject(value: JsonObject, path: string, cutting: Cutting): JsonObject {
  const depth = path.split("/").length - 1;
  const keys = Object.keys(value);
  const keysMax = depth <= keysMinDepth ? Math.max(cutting.items, keysMin) : cutting.items;
  note(cutting, path, "keys", keys.length, keysMax);
  const kept: [string, JsonValue][] = [];
  for (const key of keys.slice(0, keysMax)) {
    if (cutting.left < 0) break;
    const name = wholeCharacters(key, keyCharactersMax);
    cutting.left -= name.length;
    const step = key.replaceAll("~", "~0").replaceAll("/", "~1");
    kept.push([name, cutValue(value[key] as JsonValue, `${path}/${step}`, cutting)]);
  }
  // Not by assignment: a key of a JSON column may be `__proto__`.
  return Object.fromEntries(kept);
}

function note({ cuts }: Cutting, path: string, what: Cut["what"], had: number, max: number): void {
  if (had > max) cuts.push({ path: wholeCharacters(path, pathCharactersMax), what, had, kept: max });
}
