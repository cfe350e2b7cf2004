// serve: questions -> answers, from a service elsewhere. The same Answerer as a store on this machine, over HTTP.
import { AppError } from "../model/app-error.ts";
import { type Answer, type Answerer, parseQuestion, questions } from "../model/question.ts";
import { requestPath } from "./http/question-path.ts";
import { notOurs, type RemoteService, requestService, serviceUrl } from "./remote-service.ts";

/** @throws usage.config when the URL is none */
export function createRemoteAnswerer(service: RemoteService): Answerer {
  serviceUrl(service.url, "/");
  const closing = new AbortController();
  return {
    async ask(name, input) {
      // A mistake is told without asking, in the same words.
      parseQuestion(name, input);
      const path = pathOf(questions[name].path, input);
      const response = await requestService(service, path, closing.signal);
      const parsed = questions[name].output.safeParse(await response.json().catch(() => undefined));
      if (parsed.success) return parsed.data as Answer<typeof name>;
      const [issue] = parsed.error.issues;
      throw notOurs(serviceUrl(service.url, path), `${issue?.path.join(".")}: ${issue?.message}`);
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
    },
  };
}

function pathOf(template: string, input: Readonly<Record<string, unknown>>): string {
  try {
    return requestPath(template, input);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw new AppError("usage.query", "the question holds text that is not Unicode", { hint: "Check its parameters." });
  }
}
