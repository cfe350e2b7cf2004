// serve: one request to a service elsewhere. Takes its URL, a token and a path; gives the response, or the service's own error.
import { z } from "zod";
import type { JsonObject } from "../lib/canonical-json.ts";
import { AppError, type ErrorCode, errorCodes } from "../model/app-error.ts";

export interface RemoteService {
  /** `http://127.0.0.1:8180`, or with a path in front where a proxy adds one. */
  url: string;
  token: string | undefined;
}

const errorSchema = z.object({
  error: z.object({
    code: z.enum(Object.keys(errorCodes) as [ErrorCode]),
    message: z.string(),
    hint: z.string(),
    details: z.array(z.string()).optional(),
  }),
});

/** With a body it is posted. @throws AppError as the service gave it; service.unreachable where there is none, or it is not ours */
export async function requestService(
  { url, token }: RemoteService,
  path: string,
  signal?: AbortSignal,
  posted?: JsonObject,
): Promise<Response> {
  const target = serviceUrl(url, path);
  const response = await send(target, token, signal, posted);
  if (response.ok) return response;
  const body: unknown = await response.json().catch(() => undefined);
  const parsed = errorSchema.safeParse(body);
  if (!parsed.success) throw notOurs(target, `it answered ${response.status}`);
  const { details, ...error } = parsed.data.error;
  throw AppError.fromJSON({ ...error, ...(details === undefined ? {} : { details }) });
}

async function send(
  target: URL,
  token: string | undefined,
  signal: AbortSignal | undefined,
  body: JsonObject | undefined,
): Promise<Response> {
  const posted = body && { method: "POST", body: JSON.stringify(body) };
  try {
    return await fetch(target, {
      ...posted,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(posted && { "content-type": "application/json" }),
      },
      // A redirect would carry the token to wherever it points.
      redirect: "error",
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    const { cause } = error as Error;
    const reason =
      cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : "no answer";
    throw new AppError("service.unreachable", `cannot reach ${target.origin}: ${reason}`, {
      hint: "Check --url, and that `auditctl serve` or `auditctl run --listen` runs there. A certificate of your own: NODE_EXTRA_CA_CERTS=file.",
      cause: error,
    });
  }
}

/** For an answer that is none of ours. */
export function notOurs(target: URL, why: string): AppError {
  return new AppError(
    "service.unreachable",
    `${target.origin} is not a service of audit-overlay of this version: ${why}`,
    {
      hint: "Check --url: host, port and http or https.",
    },
  );
}

/** @throws usage.config */
export function serviceUrl(url: string, path: string): URL {
  const base = URL.parse(url);
  const isWeb = base?.protocol === "http:" || base?.protocol === "https:";
  if (base === null || !isWeb || base.username !== "" || base.search !== "" || base.hash !== "") {
    throw new AppError("usage.config", `url ${url}: must be http://host:port or https://host:port`, {
      hint: "For example --url http://127.0.0.1:8180; a token goes into AUDIT_TOKEN.",
    });
  }
  const target = new URL(`${base.origin}${base.pathname.replace(/\/$/, "")}${path}`);
  // URLs know "." and ".." as steps, percent-encoded too: such a request would ask something else.
  if (
    path
      .split("?")[0]
      ?.split("/")
      .some((part) => part === "." || part === "..") === true
  ) {
    throw new AppError("usage.query", `${path} cannot be asked over HTTP: "." and ".." are steps in a URL`, {
      hint: "Ask the store itself, on its machine.",
    });
  }
  return target;
}
