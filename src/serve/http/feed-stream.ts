// serve/http: the live feed as server-sent events. Takes the feed's question, asks it a few times a second, and gives each
// client what came after its place. Clients at the same place with the same filter share one answer.
import { setTimeout as delay } from "node:timers/promises";
import { inertJson } from "../../lib/inert-json.ts";
import { AppError } from "../../model/app-error.ts";
import type { Answer, Answerer, QuestionInput } from "../../model/question.ts";
import { toResponseStream } from "./response-stream.ts";

type FeedInput = QuestionInput<"feed">;
type FeedPage = Answer<"feed">;

export interface FeedStreams {
  /** @throws service.busy when there are too many, usage.query for a filter or a place that is none */
  open(input: FeedInput, client: FeedClient): Promise<ReadableStream<Uint8Array>>;
  count(): number;
}

export interface FeedClient {
  /** Asked from time to time: its token may have expired or been revoked. */
  mayGoOn: () => boolean;
  /** Items that were given. */
  onRead: (page: FeedPage) => void;
}

export interface FeedStreamOptions {
  answerer: Pick<Answerer, "ask">;
  signal: AbortSignal;
  pollMs?: number;
  heartbeatMs?: number;
  clientsMax?: number;
}

export function createFeedStreams({
  answerer,
  signal,
  pollMs = 500,
  heartbeatMs = 15_000,
  clientsMax = 100,
}: FeedStreamOptions): FeedStreams {
  const ask = createSharedAsk(answerer, pollMs);
  let clients = 0;

  async function* follow(first: FeedPage, input: FeedInput, client: FeedClient): AsyncGenerator<string> {
    let page = first;
    let sentAt = performance.now();
    // A place to come back to, and how soon, before anything has happened.
    yield `retry: 2000\n${idLine(first)}: connected\n\n`;
    while (!signal.aborted) {
      if (page.items.length > 0) {
        client.onRead(page);
        yield writePage(page);
        sentAt = performance.now();
      } else {
        await delay(pollMs, undefined, { signal }).catch(() => {});
      }
      if (performance.now() - sentAt > heartbeatMs) {
        if (!client.mayGoOn()) return;
        yield `${idLine(page)}: still here\n\n`;
        sentAt = performance.now();
      }
      if (!signal.aborted) page = await ask({ ...input, after: page.cursor });
    }
  }
  return {
    async open(input, client) {
      if (clients >= clientsMax) {
        throw new AppError("service.busy", `${clients} programs follow the feed already`, {
          hint: "Ask /v1/feed from time to time instead.",
        });
      }
      clients += 1;
      try {
        const first = await ask(input);
        return toResponseStream(follow(first, input, client), () => (clients -= 1));
      } catch (error) {
        clients -= 1;
        throw error;
      }
    },
    count: () => clients,
  };
}

/** The place is told with the last item: who is cut off in the middle of a page is told its items again, never too few. */
function writePage(page: FeedPage): string {
  return page.items
    .map((item, index) => {
      const id = index === page.items.length - 1 ? idLine(page) : "";
      return `${id}event: ${item.kind}\ndata: ${inertJson(item)}\n\n`;
    })
    .join("");
}

function idLine({ cursor }: FeedPage): string {
  return `id: ${cursor}\n`;
}

/** One answer for all who ask the same within half a poll. */
function createSharedAsk(answerer: Pick<Answerer, "ask">, pollMs: number): (input: FeedInput) => Promise<FeedPage> {
  const recent = new Map<string, { at: number; page: Promise<FeedPage> }>();
  return (input) => {
    const now = performance.now();
    for (const [key, { at }] of recent) if (now - at > pollMs / 2) recent.delete(key);
    const key = JSON.stringify(input);
    const shared = recent.get(key);
    if (shared !== undefined) return shared.page;
    const page = answerer.ask("feed", input);
    recent.set(key, { at: now, page });
    return page;
  };
}
