// serve/http: middleware that lets no body pass that is larger than a face takes, also one that comes in pieces without a length.
// hono's own makes the request anew out of ours, which Node's Request refuses while @hono/node-server leaves the globals alone.
import type { MiddlewareHandler } from "hono";
import { AppError } from "../../model/app-error.ts";
import type { ServiceEnv } from "./service-request.ts";

export function limitBody(bytesMax: number): MiddlewareHandler<ServiceEnv> {
  return async (context, next) => {
    const { raw } = context.req;
    const { method, headers, url, signal } = raw;
    const length = headers.get("content-length");
    if (length !== null && !headers.has("transfer-encoding")) {
      if (Number(length) > bytesMax) throw tooLarge(bytesMax);
    } else if (method !== "GET" && method !== "HEAD" && raw.body !== null) {
      const body = await readBody(raw.body, bytesMax);
      context.req.raw = new Request(url, { method, headers, signal, ...(body.length > 0 ? { body } : {}) });
    }
    await next();
  };
}

async function readBody(stream: ReadableStream<Uint8Array>, bytesMax: number): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw tooLarge(bytesMax);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(bytesMax: number): AppError {
  return new AppError("service.too_large", `the body has more than ${bytesMax.toLocaleString("en-US")} bytes`, {
    hint: "Send less at once.",
  });
}
