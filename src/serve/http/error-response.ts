// serve/http: the edge where an error becomes a status and the one JSON shape. What is not an AppError is a bug: it is logged whole, and its text stays here.
import type { Logger } from "../../lib/logger.ts";
import { AppError, errorFields } from "../../model/app-error.ts";

export type ErrorLog = Pick<Logger, "error" | "warn" | "debug">;

/** Headers of every answer that is data: nobody keeps it, nothing of it runs, no page frames it. */
export const dataHeaders = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const;

/** For a path that is there, but not for this method. */
export function methodNotAllowed(allow: string): () => Response {
  return () => {
    const response = errorResponse(
      new AppError("service.method", "this path takes another method", { hint: `It takes ${allow}.` }),
    );
    response.headers.set("allow", allow);
    return response;
  };
}

/** Of 5xx, those that say how things are and not that something broke; monitors ask for them every few seconds. */
const passing: ReadonlySet<AppError["code"]> = new Set(["service.not_ready", "service.busy"]);

export function requestTimeout(): AppError {
  return new AppError("service.timeout", "the request did not arrive in time", {
    hint: "Send it whole, at once; see docs/api.md for the limits.",
  });
}

/** What is answered, which is logged here and nowhere else: what clients did wrong only where somebody looks for it. */
export function toAnswered(error: unknown, log: ErrorLog, route = "other"): AppError {
  if (error instanceof AppError) {
    const isOurs = error.httpStatus >= 500 && !passing.has(error.code);
    log[isOurs ? "warn" : "debug"]({ ...errorFields(error), route }, "answered with an error");
    return error;
  }
  log.error({ ...errorFields(error), route }, "bug in the service");
  return new AppError("bug", "audit-overlay has a bug; the request was not answered", {
    hint: "The service's log on its machine says more. Please report it.",
  });
}

export function errorResponse(error: AppError): Response {
  return new Response(errorText(error), {
    status: error.httpStatus,
    headers: { ...dataHeaders, "content-type": "application/json", ...headersOf(error) },
  });
}

/** Inert: text from a request or the database stays within JSON strings. */
export function errorText(error: AppError): string {
  const { code, message, ...rest } = error.toJSON().error;
  return JSON.stringify({ error: { code, message: message.slice(0, 1_000), ...rest } });
}

function headersOf(error: AppError): Record<string, string> {
  if (error.code === "access.unauthenticated") return { "www-authenticate": 'Bearer realm="audit-overlay"' };
  if (error.code === "access.rate_limited") return { "retry-after": retryAfterOf(error) };
  // A store that cannot be written, too: the disk may have room again.
  const mayPass = error.code === "service.busy" || error.code === "store.write_failed" || error.code === "store.in_use";
  return mayPass ? { "retry-after": "5" } : {};
}

function retryAfterOf({ cause }: AppError): string {
  const ms = (cause as { msBeforeNext?: number } | undefined)?.msBeforeNext ?? 1_000;
  return String(Math.max(1, Math.ceil(ms / 1_000)));
}
