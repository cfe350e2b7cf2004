// serve/http: a GET route for every question of the table. Takes path and query, gives the answer as JSON, and records the reading.
import { hash } from "node:crypto";
import type { Hono } from "hono";
import { etag } from "hono/etag";
import { inertJson } from "../../lib/inert-json.ts";
import { AppError } from "../../model/app-error.ts";
import { type Answer, type Answerer, type QuestionName, questions } from "../../model/question.ts";
import type { TokenScope } from "../../model/token.ts";
import { countItems } from "../reading-content.ts";
import { methodNotAllowed } from "./error-response.ts";
import { readInput } from "./question-input.ts";
import { routePattern } from "./question-path.ts";
import type { Readings } from "./reading.ts";
import type { Admit, ServiceEnv } from "./service-request.ts";

interface QuestionRouteOptions {
  answerer: Pick<Answerer, "ask">;
  admit: Admit;
  readings: Readings;
}

export function scopeOf(name: QuestionName): TokenScope {
  return name === "verify" ? "admin" : "read";
}

export function addQuestionRoutes(app: Hono<ServiceEnv>, { answerer, admit, readings }: QuestionRouteOptions): void {
  for (const name of Object.keys(questions) as QuestionName[]) {
    const pattern = routePattern(questions[name].path);
    app.get(pattern, etag(), async (context) => {
      await admit(context, name, scopeOf(name));
      const input = readInput(context, name);
      return await readings.record(context, name, input, async () => {
        const answer = await answerer.ask(name, input);
        context.set("items", countItems(answer));
        const text = toText(answer);
        // Left to itself, etag() reads the answer once more, in another thread.
        return context.body(text, 200, {
          "content-type": "application/json",
          etag: `"${hash("sha1", text, "base64url")}"`,
        });
      });
    });
    app.all(pattern, methodNotAllowed("GET, HEAD"));
  }
}

/** A page of rows with a megabyte in each is more than a program expects to be sent. */
const answerCharactersMax = 64 * 1024 * 1024;

/** Also on a terminal, where `curl` shows it, the text of a row moves nothing. @throws service.too_large */
function toText(answer: Answer<QuestionName>): string {
  const text = inertJson(answer);
  if (text.length <= answerCharactersMax) return text;
  throw new AppError("service.too_large", `the answer has ${text.length.toLocaleString("en-US")} characters`, {
    hint: "Ask for fewer items with `limit`, or for all of them with /v1/export.",
  });
}
