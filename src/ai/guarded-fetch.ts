// ai: the one door to a model's server. Goes to the host that was configured and no other, reads no more than a bound, and turns
// whatever goes wrong into a ModelFault.
import { ModelFault } from "./model-client.ts";

/** Each token comes in an object of its own, some 200 bytes each. */
const responseBytesMax = 2_000_000;

export interface GuardedFetchOptions {
  /** "" sends none, whatever the environment holds. */
  key: string;
  contentType: RegExp;
  signal: AbortSignal;
  /** Each line of the answer, before anybody else reads it. @throws ModelFault for one that must not be passed on */
  checkLine: (line: string) => void;
}

/** A fetch, such as a client library can be given. @throws ModelFault; the signal's reason when it has fired */
export function createGuardedFetch({ key, contentType, signal, checkLine }: GuardedFetchOptions): typeof fetch {
  return async (input, init) => {
    const headers = new Headers(init?.headers);
    headers.delete("authorization");
    if (key !== "") headers.set("authorization", `Bearer ${key}`);
    let response: Response;
    try {
      response = await fetch(input, { ...init, headers, signal, redirect: "manual" });
    } catch (error) {
      throw signal.aborted ? error : toConnectFault(error);
    }
    const { status, body } = response;
    const fault = faultOf(status, contentType.test(response.headers.get("content-type") ?? ""));
    if (fault === undefined && body !== null) return new Response(guardLines(body, signal, checkLine), response);
    await body?.cancel();
    throw fault ?? new ModelFault("malformed");
  };
}

function faultOf(status: number, isExpectedType: boolean): ModelFault | undefined {
  if (status >= 300 && status < 400) return new ModelFault("redirected");
  if (status === 408 || status === 429 || status >= 500) return new ModelFault("failed");
  if (status >= 400) return new ModelFault("refused");
  return isExpectedType ? undefined : new ModelFault("malformed");
}

/** A server that was there and went away may be back; one that is not there at all is not asked three times. */
const brokenOff = /^(?:ECONNRESET|EPIPE|UND_ERR_SOCKET)$/;

function toConnectFault(error: unknown): ModelFault {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (brokenOff.test(code)) return new ModelFault("cut_off", error);
  return new ModelFault(code.startsWith("HPE_") ? "malformed" : "unreachable", error);
}

function guardLines(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
  checkLine: (line: string) => void,
): ReadableStream<Uint8Array> {
  const lines = readLines(body, signal);
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await lines.next();
        if (done) {
          controller.close();
          return;
        }
        checkLine(value);
        controller.enqueue(encoder.encode(`${value}\n`));
      } catch (error) {
        controller.error(error);
        await body.cancel().catch(() => {});
      }
    },
    cancel: (reason) => body.cancel(reason).catch(() => {}),
  });
}

/** @throws ModelFault when there are too many bytes, or when they break off */
async function* readLines(body: ReadableStream<Uint8Array>, signal: AbortSignal): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8");
  let waiting = "";
  let bytes = 0;
  try {
    for await (const chunk of body.values({ preventCancel: true })) {
      bytes += chunk.byteLength;
      if (bytes > responseBytesMax) throw new ModelFault("too_large");
      const lines = (waiting + decoder.decode(chunk, { stream: true })).split("\n");
      waiting = lines.pop() ?? "";
      // An empty line says nothing; Ollama's library would print it as one that is no JSON.
      yield* lines.filter((line) => line.trim() !== "");
    }
  } catch (error) {
    if (signal.aborted || error instanceof ModelFault) throw error;
    throw new ModelFault("cut_off", error);
  }
  waiting += decoder.decode();
  if (waiting.trim() !== "") yield waiting;
}
