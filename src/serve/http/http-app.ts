// serve/http: the HTTP API as a Hono app. Takes who answers and who may ask; gives an app that answers nothing to anybody else.
import { Hono } from "hono";
import { compress } from "hono/compress";
import type { Clock } from "../../lib/clock.ts";
import type { AccessLog } from "../../model/access.ts";
import { AppError } from "../../model/app-error.ts";
import type { Answerer } from "../../model/question.ts";
import type { Sample } from "../../model/sample.ts";
import { dataHeaders, type ErrorLog, errorResponse, requestTimeout, toAnswered } from "./error-response.ts";
import { addExportRoute } from "./export-route.ts";
import { addFeedRoute } from "./feed-route.ts";
import { createFeedStreams } from "./feed-stream.ts";
import { isLoopback } from "./listen-address.ts";
import { limitBody } from "./limit-body.ts";
import { createRequestMetrics, type RequestMetrics } from "./metrics.ts";
import { addMarkRoute } from "./mark-route.ts";
import { addQuestionRoutes } from "./question-routes.ts";
import { createRateLimits, type RateLimits } from "./rate-limits.ts";
import { createReadings, type Readings } from "./reading.ts";
import { anonymous, checkRequest, type GuardOptions } from "./request-guard.ts";
import type { ServiceNumbers } from "./service-health.ts";
import {
  type Admit,
  addressOf,
  isForwarded,
  type Mount,
  type ServiceContext,
  type ServiceEnv,
} from "./service-request.ts";
import { addSystemRoutes } from "./system-routes.ts";

export interface HttpAppOptions extends GuardOptions {
  /** Must not block: what takes long is answered in another thread. */
  answerer: Pick<Answerer, "ask">;
  accessLog: Pick<AccessLog, "record">;
  /** Exports read it for themselves. */
  storePath: string;
  numbers: () => Omit<ServiceNumbers, "feedClients">;
  /** Of this process and its other threads. */
  measures: () => readonly Sample[];
  /** Per reader and route. */
  requestsPerSecond: number;
  /** Silence of the server after which the service is not ready. */
  silenceSecondsMax: number;
  mounts: readonly Mount[];
  https: boolean;
  clock: Clock;
  log: ErrorLog;
  /** Ends the live feeds. */
  signal: AbortSignal;
}

export function createHttpApp(options: HttpAppOptions): Hono<ServiceEnv> {
  const { answerer, accessLog, clock, signal, log } = options;
  const app = new Hono<ServiceEnv>();
  const metrics = createRequestMetrics();
  const limits = createRateLimits(options.requestsPerSecond);
  const readings = createReadings(accessLog, clock);
  const streams = createFeedStreams({ answerer, signal });
  const admit = createAdmit(limits);

  app.onError((error, context) => {
    // Cut by the server's own time limit, or gone: nobody reads the answer.
    if (context.req.raw.signal.aborted) return errorResponse(requestTimeout());
    return errorResponse(toAnswered(error, log, context.get("route")));
  });
  addEdge(app, metrics, options);
  addGuard(app, limits, readings, options);
  addFeedRoute(app, { streams, admit, readings, stillValid: (context) => isStillValid(context, options) });
  addExportRoute(app, { storePath: options.storePath, admit, readings, log });
  addMarkRoute(app, { storePath: options.storePath, admit, readings, clock });
  addQuestionRoutes(app, { answerer, admit, readings });
  for (const mount of options.mounts) addMount(app, mount, admit);
  addSystemRoutes(app, {
    answerer,
    admit,
    metrics,
    numbers: () => ({ ...options.numbers(), feedClients: streams.count() }),
    measures: options.measures,
    silenceSecondsMax: options.silenceSecondsMax,
    clock,
  });
  return app;
}

/** What every answer passes on its way out. */
function addEdge(
  app: Hono<ServiceEnv>,
  metrics: RequestMetrics,
  { https, log }: Pick<HttpAppOptions, "https" | "log">,
): void {
  app.use(async (context, next) => {
    const startedAt = performance.now();
    await next();
    const [route, { status }, seconds] = [
      context.get("route") ?? "other",
      context.res,
      (performance.now() - startedAt) / 1_000,
    ];
    metrics.observe(route, status, seconds);
    // Never the path or the query: they hold ids, and text of anybody.
    const { method } = context.req;
    log.debug(
      { method, route, status, duration_ms: Math.round(seconds * 1_000), reader: context.get("reader")?.name },
      "answered",
    );
    for (const [name, value] of Object.entries(dataHeaders))
      if (!context.res.headers.has(name)) context.res.headers.set(name, value);
    if (https) context.res.headers.set("strict-transport-security", "max-age=31536000");
  });
  const compressed = compress();
  // Within a machine compressing takes longer than what it saves, for both ends.
  app.use((context, next) => (isWithinMachine(context) ? next() : compressed(context, next)));
}

function isWithinMachine(context: ServiceContext): boolean {
  return isLoopback(addressOf(context) ?? "") && !isForwarded(context.req.raw.headers);
}

function addGuard(app: Hono<ServiceEnv>, limits: RateLimits, readings: Readings, options: HttpAppOptions): void {
  app.use(async (context, next) => {
    const address = addressOf(context);
    context.set("reader", { name: "unknown", scopes: [], address });
    try {
      context.set("reader", readerOf(context, options));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      await limits.takeRefusal(address ?? "");
      return await readings.record(context, "refused", { path: context.req.path }, () => Promise.reject(error));
    }
    return await next();
  });
}

function readerOf(context: ServiceContext, options: GuardOptions): ServiceEnv["Variables"]["reader"] {
  const url = context.env.incoming.url ?? "";
  const { raw, path } = context.req;
  return checkRequest(raw.headers, { url, path, address: addressOf(context) }, options);
}

function isStillValid(context: ServiceContext, options: GuardOptions): boolean {
  try {
    readerOf(context, options);
    return true;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}

function createAdmit(limits: RateLimits): Admit {
  return async (context, route, scope) => {
    context.set("route", route);
    const { name, scopes, address } = context.get("reader");
    await limits.take(name === "local" || name === anonymous ? `address ${address}` : `token ${name}`, route);
    if (scope === null || scopes.includes(scope)) return;
    throw new AppError("access.forbidden", `the token ${name} lacks the scope ${scope}`, {
      hint: `It has ${scopes.join(", ")}. \`auditctl token create --scope ${scope}\` makes one that may.`,
    });
  };
}

function addMount(app: Hono<ServiceEnv>, { path, scope, bodyBytesMax, app: mounted }: Mount, admit: Admit): void {
  const guarded = new Hono<ServiceEnv>();
  guarded.use(async (context, next) => {
    await admit(context, path.slice(1), scope);
    await next();
  });
  guarded.use(limitBody(bodyBytesMax));
  guarded.route("/", mounted);
  app.route(path, guarded);
}
