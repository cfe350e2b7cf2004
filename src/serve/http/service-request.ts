// serve/http: what the service knows of a request before anything answers it, and a place for the apps of other faces.
import type { HttpBindings } from "@hono/node-server";
import type { Context, Hono } from "hono";
import type { TokenScope } from "../../model/token.ts";

/** Who asks. */
export interface Reader {
  /** Name of the token; `local` where none is needed. */
  name: string;
  scopes: readonly TokenScope[];
  /** IP address it came from. */
  address: string | null;
}

export interface ServiceEnv {
  Bindings: HttpBindings;
  Variables: {
    reader: Reader;
    /** The route's name, for metrics and limits; a question's name where it is one. */
    route: string;
    /** Items in the answer, for the access log; null where it has no list. */
    items: number | null;
  };
}

export type ServiceContext = Context<ServiceEnv>;

/** Counts the request for its route. @throws access.rate_limited; access.forbidden where the reader lacks the scope (null: none is needed) */
export type Admit = (context: ServiceContext, route: string, scope: TokenScope | null) => Promise<void>;

/** Where the connection comes from. What headers say of it is not believed. */
export function addressOf(context: ServiceContext): string | null {
  return context.env.incoming.socket.remoteAddress?.replace(/^::ffff:/, "") ?? null;
}

/** A proxy brings it, from anywhere. */
export function isForwarded(headers: Headers): boolean {
  return headers.has("forwarded") || headers.has("x-forwarded-for") || headers.has("x-real-ip");
}

/**
 * A face that has its own app: /mcp, /ingest. The service has checked Host, Origin, token, scope, rate and size before; the
 * app finds the reader with `c.get("reader")`, throws AppErrors, and records what was read itself.
 */
export interface Mount {
  /** `/mcp`: the app's own routes are relative to it. */
  path: `/${string}`;
  scope: TokenScope;
  bodyBytesMax: number;
  app: Hono<ServiceEnv>;
}
