// pipeline: questions -> answers, from a store on this machine. Takes a reader of it; every face of this process asks here.
import { AppError } from "../model/app-error.ts";
import { type Answer, type Answerer, type ParsedInput, parseQuestion, type QuestionName } from "../model/question.ts";
import type { StoreReader } from "../store/store-reader.ts";

type Answers = {
  [Name in QuestionName]: (reader: StoreReader, input: ParsedInput<Name>) => Answer<Name> | Promise<Answer<Name>>;
};

/** The reader is closed with it. */
export function createLocalAnswerer(reader: StoreReader): Answerer {
  return {
    async ask(name, input) {
      return await answers[name](reader, parseQuestion(name, input));
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
  trace(reader, { entity_type, entity_id, limit }) {
    const trace = reader.trace(entity_type, entity_id, limit);
    if (trace !== undefined) return { ...trace, next_cursor: null };
    const types = reader.entityTypes();
    throw new AppError("trace.not_found", `the trail holds nothing about ${entity_type} ${entity_id}`, {
      hint: types.includes(entity_type)
        ? `Check the id; ids are the key's values joined by "/".`
        : `Entity types in this trail: ${types.join(", ") || "none yet"}.`,
    });
  },
  verify: (reader) => reader.verify(),
  entity_state: notYet,
  events: (reader, input) => reader.events(input),
  feed: (reader, input) => reader.feed(input),
  event: (reader, { id }) => reader.event(id),
  explain: notYet,
  search: notYet,
  summary: notYet,
  anomalies: notYet,
};

function notYet(): never {
  throw new Error("bug: not built yet");
}
