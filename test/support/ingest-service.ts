// A store that is only posted to, behind the real service in the test's own process: `await using service = await openIngestService(store);`
import { createLogger } from "../../src/lib/logger.ts";
import type { ErrorJson } from "../../src/model/app-error.ts";
import { type Config, configSchema } from "../../src/model/config.ts";
import type { IngestReport } from "../../src/model/ingest.ts";
import { openPostThread } from "../../src/pipeline/post-thread.ts";
import { openService } from "../../src/serve/http/service.ts";

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
  const config = configSchema.parse({ store, log_level: "error", listen: "127.0.0.1:0", ...settings });
  await using cleanup = new AsyncDisposableStack();
  const sink = cleanup.use(await openPostThread({ config, version: "test", onLogged: () => {}, onMeasured: () => {} }));
  const service = cleanup.use(await openService({ config, tls: undefined, log: () => createLogger("error"), sink }));
  const owned = cleanup.move();
  const { url } = service;
  return {
    url,
    post: (body, options) => postTo(url, body, options),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

export async function postTo(
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  { type = "application/json", query = "" }: PostOptions = {},
): Promise<IngestAnswer> {
  const response = await fetch(`${url}/ingest${query}`, { method: "POST", headers: { "content-type": type }, body });
  return { status: response.status, ...((await response.json()) as object) };
}
