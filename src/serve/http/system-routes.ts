// serve/http: what is not the trail: health, readiness, metrics, the OpenAPI document and its reference page.
import type { Hono } from "hono";
import { etag } from "hono/etag";
import type { Clock } from "../../lib/clock.ts";
import type { Answerer } from "../../model/question.ts";
import type { TokenScope } from "../../model/token.ts";
import { errorResponse, methodNotAllowed } from "./error-response.ts";
import { AppError } from "../../model/app-error.ts";
import { mergeSamples, type Sample } from "../../model/sample.ts";
import { exposeSample, type RequestMetrics } from "./metrics.ts";
import { openApiDocument } from "./open-api.ts";
import { referencePage } from "./reference-page.ts";
import { checkReady, type Readiness, type ServiceNumbers, toSamples } from "./service-health.ts";
import type { Admit, ServiceContext, ServiceEnv } from "./service-request.ts";

interface SystemRouteOptions {
  answerer: Pick<Answerer, "ask">;
  admit: Admit;
  metrics: RequestMetrics;
  numbers: () => ServiceNumbers;
  /** Of this process and its other threads. */
  measures: () => readonly Sample[];
  silenceSecondsMax: number;
  clock: Clock;
}

type Routes = Record<string, (context: ServiceContext) => Response | Promise<Response>>;

export function addSystemRoutes(app: Hono<ServiceEnv>, options: SystemRouteOptions): void {
  const { answerer, admit, metrics, numbers, measures, clock } = options;
  const document = openApiDocument();
  const page = referencePage(document);
  const ready = async (): Promise<Readiness> =>
    checkReady(await answerer.ask("status", {}), clock, options.silenceSecondsMax);
  const open: Routes = {
    healthz: (context) => context.json({ ok: true }),
    readyz: async (context) =>
      context.json(context.get("reader").scopes.includes("read") ? await ready() : await withoutDetails(ready)),
  };
  const routes: Routes = {
    metrics: async (context) => {
      // A store that cannot be read is a number too.
      const status = await answerer.ask("status", {}).catch((error: unknown) => {
        if (error instanceof AppError) return undefined;
        throw error;
      });
      const samples = mergeSamples([...toSamples(numbers(), status, clock), ...measures()]);
      return context.body(metrics.expose() + samples.map(exposeSample).join(""), 200, {
        "content-type": "text/plain; version=0.0.4; charset=utf-8",
      });
    },
    "openapi.json": (context) => context.json(document),
    docs: (context) => context.html(page.html, 200, { "content-security-policy": page.contentSecurityPolicy }),
  };
  const add = (route: string, scope: TokenScope | null, answer: Routes[string]): void => {
    app.get(`/${route}`, etag(), async (context) => {
      await admit(context, route, scope);
      return await answer(context);
    });
    app.all(`/${route}`, methodNotAllowed("GET, HEAD"));
  };
  for (const [route, answer] of Object.entries(open)) add(route, null, answer);
  for (const [route, answer] of Object.entries(routes)) add(route, "read", answer);
  app.notFound(() =>
    errorResponse(
      new AppError("service.no_route", "there is nothing at this path", {
        hint: "/docs shows every path; /openapi.json says the same for programs.",
      }),
    ),
  );
}

/** For whoever may not read: reasons have paths, positions and names in them. @throws service.not_ready */
async function withoutDetails(ready: () => Promise<Readiness>): Promise<Pick<Readiness, "ready">> {
  try {
    return { ready: (await ready()).ready };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError("service.not_ready", "not ready", {
      hint: "Ask with a token that may read for the reason, or `auditctl status` on the service's machine.",
    });
  }
}
