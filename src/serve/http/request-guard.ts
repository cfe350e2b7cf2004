// serve/http: who may ask. Takes a request, gives its reader or throws: Host and Origin against pages of other sites, then the token.
import { isIP } from "node:net";
import { AppError } from "../../model/app-error.ts";
import { type Token, tokenScopes } from "../../model/token.ts";
import { isForwarded, type Reader } from "./service-request.ts";

export interface GuardOptions {
  /** Listens on this machine only: then the Host must be one of its names. */
  loopback: boolean;
  /** Further names it is asked under. */
  names: readonly string[];
  requireToken: boolean;
  findToken: (token: string) => Pick<Token, "name" | "scopes"> | undefined;
}

/** Reader without a token where one is needed: may do nothing that takes a scope. No token has this name. */
export const anonymous = "unknown";

const urlCharactersMax = 8_192;

/** Whether the service is well may be asked without a token: whoever starts containers has none to give. */
const openPaths: ReadonlySet<string> = new Set(["/healthz", "/readyz"]);

/**
 * @param path as the routes see it
 * @throws access.unauthenticated, access.forbidden, usage.query, service.too_large
 */
export function checkRequest(
  headers: Headers,
  { url, path, address }: { url: string; path: string; address: string | null },
  options: GuardOptions,
): Reader {
  checkUrl(url);
  checkHost(headers, options);
  checkOrigin(headers);
  const token = bearerToken(headers);
  if (token !== undefined) {
    const found = options.findToken(token);
    if (found !== undefined) return { ...found, address };
    throw unauthenticated("the token is not known, has expired or was revoked", "`auditctl token list` shows tokens.");
  }
  // Also a proxy on this machine brings requests from elsewhere.
  if (!options.requireToken && !isForwarded(headers)) return { name: "local", scopes: tokenScopes, address };
  if (openPaths.has(path)) return { name: anonymous, scopes: [], address };
  throw unauthenticated(
    "a token is needed",
    "Send `Authorization: Bearer ao_…`; `auditctl token create --name …` on the service's machine makes one.",
  );
}

function unauthenticated(message: string, hint: string): AppError {
  return new AppError("access.unauthenticated", message, { hint });
}

function checkUrl(url: string): void {
  if (url.length > urlCharactersMax) {
    throw new AppError("service.too_large", `the URL has more than ${urlCharactersMax} characters`, {
      hint: "Ask for less at once.",
    });
  }
  try {
    decodeURIComponent(url);
  } catch {
    throw new AppError("usage.query", "the URL is not valid percent-encoded UTF-8", {
      hint: "Encode each parameter, as encodeURIComponent or `curl --data-urlencode` do.",
    });
  }
}

/** A page of another site can have a name of its own point to this machine (DNS rebinding); its Host tells. */
function checkHost(headers: Headers, { loopback, names }: GuardOptions): void {
  const host = headers.get("host") ?? "";
  const name = URL.parse(`http://${host}`)?.hostname.toLowerCase() ?? "";
  const known = ["localhost", ...names.map((other) => other.toLowerCase())];
  const isLoopback = name.startsWith("127.") ? isIP(name) === 4 : name === "[::1]";
  if (name !== "" && (!loopback || isLoopback || known.includes(name))) return;
  throw new AppError("access.forbidden", "the Host header names no host of this service", {
    hint: "Ask it as 127.0.0.1 or localhost, or give the name that a proxy uses with --listen-names.",
  });
}

/** Other sites' pages must not ask through a browser of somebody who may. */
function checkOrigin(headers: Headers): void {
  const origin = headers.get("origin");
  const site = headers.get("sec-fetch-site");
  const isOurs = origin === null || URL.parse(origin)?.host === headers.get("host")?.toLowerCase();
  const foreign = (site === "cross-site" || site === "same-site") && headers.get("sec-fetch-mode") !== "navigate";
  if (isOurs && !foreign) return;
  throw new AppError("access.forbidden", "web pages of other origins may not ask here", {
    hint: "Programs send no Origin header; pages must come from the service's own address.",
  });
}

function bearerToken(headers: Headers): string | undefined {
  const header = headers.get("authorization");
  if (header === null) return undefined;
  const token = /^Bearer +([\w.~+/=-]{1,200})$/i.exec(header)?.[1];
  if (token !== undefined) return token;
  throw unauthenticated("the Authorization header is not a bearer token", "Send `Authorization: Bearer ao_…`.");
}
