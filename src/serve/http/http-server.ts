// serve/http: the listening socket. Takes an app and an address; cuts what comes too slowly or too large, and ends gracefully.
import {
  createServer as createHttpServer,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";
import { AppError } from "../../model/app-error.ts";
import { dataHeaders, errorResponse, errorText, requestTimeout } from "./error-response.ts";
import type { ListenAddress } from "./listen-address.ts";
import type { ServiceEnv } from "./service-request.ts";

export interface HttpServerOptions {
  app: Hono<ServiceEnv>;
  address: ListenAddress;
  /** PEM text. */
  tls: { cert: string; key: string } | undefined;
  limits?: Partial<ServerLimits>;
}

export interface ServerLimits {
  headersMs: number;
  /** For the whole request, its body too. */
  requestMs: number;
  /** Between two requests on one connection. */
  idleMs: number;
  headerBytesMax: number;
  connectionsMax: number;
}

const usualLimits: ServerLimits = {
  headersMs: 10_000,
  requestMs: 30_000,
  idleMs: 5_000,
  headerBytesMax: 16_384,
  connectionsMax: 1_000,
};

export interface HttpServer {
  url: string;
  /** Takes no more; answers what has come, for at most so long. */
  close(drainMs: number): Promise<void>;
}

/** @throws service.listen_failed, usage.config for a certificate that is none */
export async function openHttpServer({ app, address, tls, limits = {} }: HttpServerOptions): Promise<HttpServer> {
  const { headersMs, requestMs, idleMs, headerBytesMax, connectionsMax } = { ...usualLimits, ...limits };
  const newest = new WeakMap<Socket, ServerResponse>();
  const server = createServer(tls, toListener(app, newest), {
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    keepAliveTimeout: idleMs,
    connectionsCheckingInterval: Math.min(1_000, headersMs),
    maxHeaderSize: headerBytesMax,
    // The app says it in its own words.
    requireHostHeader: false,
  });
  server.maxConnections = connectionsMax;
  server.on("clientError", (error, socket) => answerClientError(error, socket as Socket, newest.get(socket as Socket)));
  await listen(server, address);
  const { port } = server.address() as AddressInfo;
  const host = address.host.includes(":") ? `[${address.host}]` : address.host;
  return {
    url: `${tls === undefined ? "http" : "https"}://${host}:${port}`,
    close: (drainMs) => close(server, drainMs),
  };
}

function toListener(app: Hono<ServiceEnv>, newest: WeakMap<Socket, ServerResponse>): RequestListener {
  const listener = getRequestListener((request, env) => app.fetch(request, env), {
    // A page keeps the globals that it was given.
    overrideGlobalObjects: false,
    // A URL or Host that is none: the app never saw it.
    errorHandler: (error) => errorResponse(badRequest((error as Error).message)),
    hostname: "missing.invalid",
  });
  return (incoming, outgoing) => {
    newest.set(incoming.socket, outgoing);
    void listener(incoming, outgoing);
  };
}

function createServer(tls: HttpServerOptions["tls"], listener: RequestListener, options: ServerOptions): Server {
  if (tls === undefined) return createHttpServer(options, listener);
  try {
    return createHttpsServer({ ...options, ...tls, minVersion: "TLSv1.2" }, listener);
  } catch (error) {
    throw new AppError("usage.config", `setting listen_tls_cert: ${(error as Error).message}`, {
      hint: "Both files are PEM: the certificate with its chain, and the key that belongs to it.",
      cause: error,
    });
  }
}

async function listen(server: Server, { host, port }: ListenAddress): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(port, host, resolve);
  try {
    await promise;
  } catch (error) {
    throw new AppError("service.listen_failed", `cannot listen on ${host}:${port}: ${(error as Error).message}`, {
      hint: "Another program may have the port; give another with --listen.",
      cause: error,
    });
  } finally {
    server.off("error", reject);
  }
}

async function close(server: Server, drainMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeIdleConnections();
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const cut = setTimeout(() => server.closeAllConnections(), drainMs);
  await promise;
  clearInterval(idle);
  clearTimeout(cut);
}

/** What is not HTTP, or not in time, never reaches the app. */
function answerClientError(error: NodeJS.ErrnoException, socket: Socket, newest: ServerResponse | undefined): void {
  const answer = clientErrors[error.code ?? ""] ?? badRequest("the request is not HTTP/1.1");
  const inAnswer = newest !== undefined && newest.headersSent && !newest.writableFinished;
  if (!socket.writable || inAnswer) {
    socket.destroy();
    return;
  }
  const body = errorText(answer);
  const headers = Object.entries({ ...dataHeaders, "content-type": "application/json", connection: "close" });
  const lines = [
    `HTTP/1.1 ${answer.httpStatus} ${answer.httpStatus === 408 ? "Request Timeout" : "Bad Request"}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${lines.join("\r\n")}\r\n\r\n${body}`);
}

const clientErrors: Readonly<Record<string, AppError>> = {
  ERR_HTTP_REQUEST_TIMEOUT: requestTimeout(),
  HPE_HEADER_OVERFLOW: new AppError("service.too_large", "the request's headers are too large", {
    hint: "Ask for less at once; see docs/api.md for the limits.",
  }),
};

function badRequest(message: string): AppError {
  return new AppError("usage.query", message, { hint: "/docs shows what can be asked." });
}
