// serve/http: POST /ingest. Takes who takes posts; gives an app for the service, which has checked token, scope and size before.
import { Hono } from "hono";
import { AppError } from "../../model/app-error.ts";
import type { IngestReport, IngestSink } from "../../model/ingest.ts";
import { methodNotAllowed } from "./error-response.ts";
import type { Readings } from "./reading.ts";
import type { Mount, ServiceEnv } from "./service-request.ts";

export interface IngestMountOptions {
  sink: IngestSink;
  readings: Pick<Readings, "record">;
}

/** A page in a browser cannot send these to another site without asking first. */
const contentTypes = new Map([
  ["application/json", { lines: false }],
  ["application/cloudevents+json", { lines: false }],
  ["application/cloudevents-batch+json", { lines: false }],
  ["application/x-ndjson", { lines: true }],
  ["application/jsonl", { lines: true }],
]);

export function createIngestMount({ sink, readings }: IngestMountOptions): Mount {
  const app = new Hono<ServiceEnv>();
  app.post("/", async (context) => {
    const keyColumns = context.req.query("key_columns") ?? "";
    return await readings.record(context, "ingest", keyColumns === "" ? {} : { key_columns: keyColumns }, async () => {
      const { lines } = readForm(context.req.raw);
      const body = await readBody(context.req.raw);
      const report: IngestReport = await sink.ingest({ body, lines, keyColumns });
      context.set("items", report.received);
      return context.json(report);
    });
  });
  app.all("/", methodNotAllowed("POST"));
  return { path: "/ingest", scope: "admin", bodyBytesMax: 16 * 1024 * 1024, app };
}

/** @throws service.media_type */
function readForm({ headers }: Request): { lines: boolean } {
  const type = (headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  const form = contentTypes.get(type);
  const encoding = headers.get("content-encoding")?.toLowerCase() ?? "identity";
  if (form !== undefined && encoding === "identity") return form;
  const what =
    form === undefined
      ? `content-type ${type.slice(0, 100) || "(none)"}`
      : `content-encoding ${encoding.slice(0, 100)}`;
  throw new AppError("service.media_type", `${what} is not understood here`, {
    hint: `Send one of ${[...contentTypes.keys()].join(", ")}, uncompressed.`,
  });
}

/** @throws ingest.invalid where it is no UTF-8: text that is read otherwise than it was written is no evidence */
async function readBody(request: Request): Promise<string> {
  const bytes = await request.arrayBuffer();
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new AppError("ingest.invalid", "(body): is not UTF-8", { hint: "Send JSON in UTF-8.", cause: error });
  }
}
