// serve/http: path and query string -> a question's input, as text; the question's own schema makes sense of it.
import type { JsonObject } from "../../lib/canonical-json.ts";
import { AppError } from "../../model/app-error.ts";
import { type QuestionName, questions } from "../../model/question.ts";
import { pathParameters } from "./question-path.ts";
import type { ServiceContext } from "./service-request.ts";

/** What does not belong there is left in, for the schema to name. @throws usage.query for a parameter given twice */
export function readInput(context: ServiceContext, name: QuestionName): JsonObject {
  const { path, input } = questions[name];
  return readQuery(context, input.shape, pathParameters(path));
}

/** @throws usage.query for a parameter given twice */
export function readQuery(context: ServiceContext, shape: Shape, inPath: readonly string[] = []): JsonObject {
  const values = new Map(inPath.map((key) => [key, context.req.param(key) ?? ""]));
  for (const [key, given] of Object.entries(context.req.queries())) {
    if (values.has(key) || (given.length > 1 && !isList(shape, key))) {
      throw new AppError("usage.query", `${key.slice(0, 100)}: is given more than once`, {
        hint: "Give each parameter once.",
      });
    }
    values.set(key, given.join(","));
  }
  return Object.fromEntries(values);
}

type Shape = Readonly<Record<string, { safeParse: (value: unknown) => { success: boolean } }>>;

function isList(shape: Shape, key: string): boolean {
  return Object.hasOwn(shape, key) && shape[key]?.safeParse(["x"]).success === true;
}
