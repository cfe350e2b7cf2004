// A store that is only posted to, behind a real HTTP server in the test's own process: `await using service = await openIngestService(store);`
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { AppError, type ErrorJson } from "../../src/model/app-error.ts";
import { type Config, configSchema } from "../../src/model/config.ts";
import type { IngestReport, IngestSink } from "../../src/model/ingest.ts";
import { openPostThread } from "../../src/pipeline/post-thread.ts";
import { createIngestRoute } from "../../src/serve/http/ingest-route.ts";

export interface IngestAnswer extends Partial<IngestReport> {
  status: number;
  error?: ErrorJson;
}

export interface IngestService extends AsyncDisposable {
  readonly url: string;
  post(body: string | Uint8Array<ArrayBuffer>, options?: PostOptions): Promise<IngestAnswer>;
}

export interface PostOptions {
  type?: string;
  query?: string;
}

export async function openIngestService(store: string, settings: Partial<Config> = {}): Promise<IngestService> {
  const config = configSchema.parse({ store, log_level: "error", ...settings });
  const thread = await openPostThread({ config, version: "test" });
  const server = await serveSink(thread);
  return {
    ...server,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await thread[Symbol.asyncDispose]();
    },
  };
}

export async function serveSink(sink: IngestSink, bodyBytesMax?: number): Promise<IngestService> {
  const route = createIngestRoute({ sink, ...(bodyBytesMax === undefined ? {} : { bodyBytesMax }) });
  const app = new Hono();
  app.post("/ingest", async (context) => context.json(await route(context.req.raw)));
  app.onError((error, context) => {
    if (!(error instanceof AppError)) throw error;
    return context.json(error.toJSON(), error.httpStatus as 400);
  });
  const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
  if (!server.listening) await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ingest`;
  return {
    url,
    post: (body, options) => postTo(url, body, options),
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

export async function postTo(
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  { type = "application/json", query = "" }: PostOptions = {},
): Promise<IngestAnswer> {
  const response = await fetch(`${url}${query}`, { method: "POST", headers: { "content-type": type }, body });
  return { status: response.status, ...((await response.json()) as object) };
}
