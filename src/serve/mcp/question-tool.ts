// serve/mcp: a question of the table -> a tool that asks it. Pages are asked again with fewer items until the answer fits, so that
// `next_cursor` always goes on exactly where the answer ends.
import { z } from "zod";
import type { JsonObject, JsonValue } from "../../lib/canonical-json.ts";
import type { Coverage } from "../../model/trace.ts";
import { type Answer, type QuestionName, questions } from "../../model/question.ts";
import { answerBytesMax, fitAnswer, fitWhole } from "./fit-answer.ts";
import { assistantJson } from "./assistant-json.ts";
import { answerSchema, type Asker, type McpTool, type ToolAnswer, toToolAnswer } from "./mcp-tool.ts";

interface QuestionToolOptions<Name extends QuestionName> {
  name: string;
  title: string;
  description: string;
  /** Items in one answer; assistants have less room than programs. */
  limit?: { max: number; usual: number };
  /** The list that a page is. */
  list?: "items" | "timeline";
  /** In our own words and numbers, never text of the database. */
  sentence: (answer: Answer<Name>) => string;
}

/** What a page has besides its items: the entity's name, the cursor. */
const pageFrameBytes = 2_000;

const rest =
  "A cut value can be had whole from the program (`auditctl … --json`) or the HTTP API; fewer items (`limit`), a shorter time or one event by its id (`fetch`) leave more room.";

export function questionTool<Name extends QuestionName>(question: Name, options: QuestionToolOptions<Name>): McpTool {
  const { name, title, description, limit, list, sentence } = options;
  const { input, output } = questions[question] as unknown as { input: z.ZodObject; output: z.ZodObject };
  const tool = { name, title, description, question };
  return {
    ...tool,
    input: limit === undefined ? input : input.extend({ limit: limitSchema(limit) }),
    output: answerSchema(output.omit({ coverage: true }).meta({})),
    async call(asker, asked) {
      const first = await ask(asker, question, asked);
      if (list === undefined) return toAnswer(first, [sentence(first as Answer<Name>)]);
      const answer = await askWhatFits(asker, question, asked, first, list);
      const items = (answer[list] as JsonValue[]).length;
      const more = answer["next_cursor"] === null ? "There is no more." : "There is more: ask again with `cursor`.";
      const fewer =
        items < (first[list] as JsonValue[]).length
          ? [`${items} of the ${(first[list] as JsonValue[]).length} items fit into one answer.`]
          : [];
      return toAnswer(answer, [sentence(answer as Answer<Name>), ...fewer, more], items);
    },
  };
}

function limitSchema({ max, usual }: { max: number; usual: number }) {
  return z.coerce.number().int().min(1).max(max).default(usual).describe(`Items in the answer, at most ${max}.`);
}

/** The page as asked for when it fits, else one with as many items as do. */
async function askWhatFits(
  asker: Asker,
  question: QuestionName,
  asked: JsonObject,
  first: JsonObject,
  list: string,
): Promise<JsonObject> {
  let answer = first;
  for (;;) {
    const items = answer[list] as JsonValue[];
    if (items.length <= 1 || fitWhole(withoutCoverage(answer), answerBytesMax) !== undefined) return answer;
    answer = await ask(asker, question, { ...asked, limit: fittingItems(items) });
  }
}

/** At most one less than there are, so that asking again ends. */
function fittingItems(items: readonly JsonValue[]): number {
  let room = answerBytesMax - pageFrameBytes;
  for (const [index, item] of items.entries()) {
    const fitted = fitWhole(item, room);
    if (fitted === undefined) return Math.max(1, index);
    room -= Buffer.byteLength(assistantJson(fitted.value)) + 1;
  }
  return items.length - 1;
}

async function ask(asker: Asker, question: QuestionName, input: JsonObject): Promise<JsonObject> {
  const answer: unknown = await asker.answerer.ask(question, input);
  return answer as JsonObject;
}

function toAnswer(answer: JsonObject, sentences: readonly string[], items: number | null = null): ToolAnswer {
  const coverage = (answer["coverage"] ?? null) as unknown as Coverage | null;
  return toToolAnswer({ fitted: fitAnswer(withoutCoverage(answer), answerBytesMax), coverage, sentences, items, rest });
}

function withoutCoverage({ coverage: _coverage, ...data }: JsonObject): JsonObject {
  return data;
}
