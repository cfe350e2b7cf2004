// pipeline: the text of a post -> its messages, each with its path. A JSON array, one JSON object, or JSON lines.
import { parseExactJson } from "../lib/exact-json.ts";
import { AppError } from "../model/app-error.ts";
import type { IngestPost } from "../model/ingest.ts";

export interface PostedMessages {
  messages: { path: string; message: unknown }[];
  /** One object alone, as Debezium Server sends them: the rest of its transaction may be in the next posts. */
  isSingle: boolean;
}

/** More than these are not told. */
export const faultsMax = 20;
const messagesMax = 10_000;

/** @throws ingest.invalid, service.too_large */
export function readPost({ body, lines }: Pick<IngestPost, "body" | "lines">): PostedMessages {
  const parsed = lines ? undefined : parseWhole(body);
  const posted = parsed === undefined ? readLines(body) : split(parsed.value);
  if (posted.messages.length <= messagesMax) return posted;
  throw new AppError("service.too_large", `${posted.messages.length} messages in one post, at most ${messagesMax}`, {
    hint: "Send them in several posts; what is sent twice is stored once.",
  });
}

/** @param faults `path: message` */
export function invalidPost(faults: readonly string[], count = faults.length): AppError {
  const more = count > 1 ? ` (and ${count - 1} more)` : "";
  return new AppError("ingest.invalid", `${faults[0]}${more}`, {
    hint: "Nothing of this post was stored. docs/debezium.md shows the messages that are understood.",
    details: faults.slice(0, faultsMax),
  });
}

function split(value: unknown): PostedMessages {
  if (!Array.isArray(value)) return { messages: [{ path: "", message: value }], isSingle: true };
  return { messages: value.map((message: unknown, index) => ({ path: `[${index}]`, message })), isSingle: false };
}

/** Undefined when it is JSON lines. */
function parseWhole(body: string): { value: unknown } | undefined {
  try {
    return { value: parse(body) };
  } catch (error) {
    const newline = body.indexOf("\n");
    const isLines = newline > 0 && body.slice(newline).trim() !== "" && isJson(body.slice(0, newline));
    if (isLines) return undefined;
    throw invalidPost([`(body): ${describe(error)}`]);
  }
}

function isJson(text: string): boolean {
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
}

function readLines(body: string): PostedMessages {
  const faults: string[] = [];
  const messages = body.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    try {
      return [{ path: `line ${index + 1}`, message: parse(line) }];
    } catch (error) {
      faults.push(`line ${index + 1}: ${describe(error)}`);
      return [];
    }
  });
  if (faults.length > 0) throw invalidPost(faults);
  return { messages, isSingle: false };
}

function parse(text: string): unknown {
  return parseExactJson(text);
}

/** V8 quotes the text around the place, which is the sender's own. */
function describe(error: unknown): string {
  if (error instanceof RangeError) return "is nested too deep";
  if (error instanceof SyntaxError) return `is not JSON: ${error.message.slice(0, 200)}`;
  throw error;
}
