// serve/http: what is not the trail: health, readiness, metrics, the OpenAPI document and its reference page.
import type { Hono } from "hono";
import { etag } from "hono/etag";
import type { Clock } from "../../lib/clock.ts";
import type { Answerer } from "../../model/question.ts";
import { errorResponse, methodNotAllowed } from "./error-response.ts";
import { AppError } from "../../model/app-error.ts";
import type { Sample } from "../../model/sample.ts";
import { exposeSample, type RequestMetrics } from "./metrics.ts";
import { openApiDocument } from "./open-api.ts";
import { referencePage } from "./reference-page.ts";
import { checkReady, type ServiceNumbers, toSamples } from "./service-health.ts";
import type { Admit, ServiceContext, ServiceEnv } from "./service-request.ts";

interface SystemRouteOptions {
  answerer: Pick<Answerer, "ask">;
  admit: Admit;
  metrics: RequestMetrics;
  numbers: () => Omit<ServiceNumbers, "status">;
  /** Of the other threads of this process. */
  measures: () => readonly Sample[];
  silenceSecondsMax: number;
  clock: Clock;
}

export function addSystemRoutes(app: Hono<ServiceEnv>, options: SystemRouteOptions): void {
  const { answerer, admit, metrics, numbers, measures, clock } = options;
  const document = openApiDocument();
  const page = referencePage(document);
  const routes: Record<string, (context: ServiceContext) => Response | Promise<Response>> = {
    healthz: (context) => context.json({ ok: true }),
    readyz: async (context) =>
      context.json(checkReady(await answerer.ask("status", {}), clock, options.silenceSecondsMax)),
    metrics: async (context) => {
      // A store that cannot be read is a number too.
      const status = await answerer.ask("status", {}).catch((error: unknown) => {
        if (error instanceof AppError) return undefined;
        throw error;
      });
      const samples = [...toSamples({ status, ...numbers() }, clock), ...measures()];
      return context.body(metrics.expose() + samples.map(exposeSample).join(""), 200, {
        "content-type": "text/plain; version=0.0.4; charset=utf-8",
      });
    },
    "openapi.json": (context) => context.json(document),
    docs: (context) => context.html(page.html, 200, { "content-security-policy": page.contentSecurityPolicy }),
  };
  for (const [route, answer] of Object.entries(routes)) {
    app.get(`/${route}`, etag(), async (context) => {
      await admit(context, route, "read");
      return await answer(context);
    });
    app.all(`/${route}`, methodNotAllowed("GET, HEAD"));
  }
  app.notFound(() =>
    errorResponse(
      new AppError("service.no_route", "there is nothing at this path", {
        hint: "/docs shows every path; /openapi.json says the same for programs.",
      }),
    ),
  );
}
