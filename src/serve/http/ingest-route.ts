// serve/http: POST /ingest. Takes who takes posts; gives a handler for one request, to be mounted behind tokens and limits.
import { AppError } from "../../model/app-error.ts";
import type { IngestReport, IngestSink } from "../../model/ingest.ts";

export interface IngestRouteOptions {
  sink: IngestSink;
  /** Of one post, after decompression by nobody: a compressed one is refused. */
  bodyBytesMax?: number;
}

/** Answers with the report, and the headers that an error wants. @throws AppError */
export type IngestRoute = (request: Request) => Promise<IngestReport>;

const bodyBytesUsual = 16 * 1024 * 1024;
/** A page in a browser cannot send these to another site without asking first. */
const contentTypes = new Map([
  ["application/json", { lines: false }],
  ["application/cloudevents+json", { lines: false }],
  ["application/cloudevents-batch+json", { lines: false }],
  ["application/x-ndjson", { lines: true }],
  ["application/jsonl", { lines: true }],
]);

export function createIngestRoute({ sink, bodyBytesMax = bodyBytesUsual }: IngestRouteOptions): IngestRoute {
  return async (request) => {
    const form = readForm(request);
    const keyColumns = new URL(request.url).searchParams.get("key_columns") ?? "";
    const body = await readBody(request, bodyBytesMax);
    return await sink.ingest({ body, lines: form.lines, keyColumns });
  };
}

function readForm({ headers }: Request): { lines: boolean } {
  const type = (headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  const form = contentTypes.get(type);
  if (form === undefined) {
    throw new AppError("ingest.invalid", `content-type ${JSON.stringify(type.slice(0, 100))} is not one of a post`, {
      hint: `Send one of ${[...contentTypes.keys()].join(", ")}.`,
    });
  }
  const encoding = headers.get("content-encoding") ?? "identity";
  if (encoding.toLowerCase() === "identity") return form;
  throw new AppError("ingest.invalid", "a compressed body is not understood", { hint: "Send it as it is." });
}

/** @throws ingest.too_large as soon as that is known, ingest.invalid where it is no UTF-8 */
async function readBody(request: Request, bytesMax: number): Promise<string> {
  const tooLarge = (): AppError =>
    new AppError("ingest.too_large", `the body has more than ${bytesMax} bytes`, {
      hint: "Send it in several posts; what is sent twice is stored once.",
    });
  if (Number(request.headers.get("content-length") ?? 0) > bytesMax) throw tooLarge();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const parts: string[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request.body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > bytesMax) throw tooLarge();
      parts.push(decoder.decode(chunk, { stream: true }));
    }
    parts.push(decoder.decode());
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new AppError("ingest.invalid", "(body): is not UTF-8, or broke off", {
      hint: "Send JSON in UTF-8.",
      cause: error,
    });
  }
  return parts.join("");
}

/** Seconds after which a post that could not be taken may be sent again; undefined where that would not help. */
export function retryAfterSeconds({ httpStatus }: AppError): number | undefined {
  return httpStatus === 503 ? 5 : undefined;
}
