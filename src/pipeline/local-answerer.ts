// pipeline: questions -> answers, from a store on this machine. Takes a reader of it; every face of this process asks here.
import { suggestion } from "../infer/suggest.ts";
import { AppError } from "../model/app-error.ts";
import { type Answer, type Answerer, type ParsedInput, parseQuestion, type QuestionName } from "../model/question.ts";
import { type AnswerItem, createEventLabels } from "./event-labels.ts";
import { catchUpSearch, type SearchCatchUp } from "./catch-up-search.ts";
import type { StoreReader } from "../store/store-reader.ts";

type Answers = {
  [Name in QuestionName]: (reader: StoreReader, input: ParsedInput<Name>) => Answer<Name> | Promise<Answer<Name>>;
};

export interface LocalAnswererOptions {
  /** Before a search, index what is new. Not in a service, which has a thread for it. */
  catchUp?: SearchCatchUp;
}

/** The reader is closed with it. */
export function createLocalAnswerer(reader: StoreReader, { catchUp }: LocalAnswererOptions = {}): Answerer {
  const addLabels = createEventLabels(reader);
  return {
    async ask(name, input) {
      if (name === "search" && catchUp !== undefined) await catchUpSearch(reader.path, catchUp);
      const answer = await answers[name](reader, parseQuestion(name, input));
      addLabels(eventsOf[name]?.(answer) ?? []);
      return answer;
    },
    async [Symbol.asyncDispose]() {
      reader[Symbol.dispose]();
    },
  };
}

const answers: Answers = {
  status: (reader) => reader.status(),
  coverage: (reader) => ({ coverage: reader.coverage() }),
  entity_types: (reader) => ({
    entity_types: reader.entityTypes(),
    business_event_types: reader.businessEventsByType(),
  }),
  trace: (reader, { entity_type, entity_id, limit, ...part }) =>
    reader.trace(entity_type, entity_id, limit, part) ?? failNoEntity(reader, entity_type, entity_id),
  entity_state: (reader, { entity_type, entity_id, at }) =>
    reader.entityState(entity_type, entity_id, at) ?? failNoEntity(reader, entity_type, entity_id),
  verify: (reader) => reader.verify(),
  events: (reader, input) => reader.events(input),
  feed: (reader, input) => reader.feed(input),
  event: (reader, { id }) => reader.event(id),
  // Loaded when it is asked: rules bring an expression language with them.
  explain: async (reader, input) => (await import("./explain-answer.ts")).explain(reader, input),
  search: (reader, input) => reader.search(input),
  summary: async (reader, input) => (await import("./words-answer.ts")).answerSummary(reader, input),
  anomalies: (reader, input) => reader.anomalies(input),
};

/** Where an answer has events. */
const eventsOf: { [Name in QuestionName]?: (answer: Answer<Name>) => readonly AnswerItem[] } = {
  trace: ({ timeline }) => timeline,
  events: ({ items }) => items,
  feed: ({ items }) => items,
  search: ({ items }) => items,
  event: ({ event }) => [event],
  explain: ({ subject, evidence }) => [subject, ...evidence],
};

function failNoEntity(reader: StoreReader, entity_type: string, entity_id: string): never {
  const types = reader.entityTypes();
  const near = types.includes(entity_type) ? "" : suggestion(entity_type, types);
  throw new AppError("trace.not_found", `the trail holds nothing about ${entity_type} ${entity_id}${near}`, {
    hint: types.includes(entity_type)
      ? `Check the id; ids are the key's values joined by "/".`
      : `Entity types in this trail: ${types.join(", ") || "none yet"}.`,
  });
}
