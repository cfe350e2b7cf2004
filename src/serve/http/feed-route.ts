// serve/http: GET /v1/feed/stream, the live feed. Takes what /v1/feed takes; a client that comes back says where it was.
import type { Hono } from "hono";
import { parseQuestion } from "../../model/question.ts";
import { methodNotAllowed } from "./error-response.ts";
import type { FeedStreams } from "./feed-stream.ts";
import { readInput } from "./question-input.ts";
import type { Readings } from "./reading.ts";
import type { Admit, ServiceContext, ServiceEnv } from "./service-request.ts";

export const feedStreamPath = "/v1/feed/stream";

interface FeedRouteOptions {
  streams: FeedStreams;
  admit: Admit;
  /** The reader's token still holds. */
  stillValid: (context: ServiceContext) => boolean;
  readings: Readings;
}

export function addFeedRoute(app: Hono<ServiceEnv>, { streams, admit, stillValid, readings }: FeedRouteOptions): void {
  app.get(feedStreamPath, async (context) => {
    if (context.req.method === "HEAD") return methodNotAllowed("GET")();
    await admit(context, "feed_stream", "read");
    const asked = readInput(context, "feed");
    const lastEventId = context.req.header("last-event-id");
    // A browser that comes back sends both: the address it began with, and where it is.
    const input = lastEventId === undefined ? asked : { ...asked, after: lastEventId };
    return await readings.record(context, "feed_stream", input, async () => {
      parseQuestion("feed", input);
      const body = await streams.open(input, {
        mayGoOn: () => stillValid(context),
        onRead: ({ items, cursor }) =>
          readings.note(context, "feed_stream", { ...input, through: cursor }, items.length),
      });
      // Proxies that buffer would hold events back.
      return context.body(body, 200, { "content-type": "text/event-stream; charset=utf-8", "x-accel-buffering": "no" });
    });
  });
  app.all(feedStreamPath, methodNotAllowed("GET"));
}
