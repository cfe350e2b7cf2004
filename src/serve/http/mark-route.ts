// serve/http: POST /v1/anomalies/{id}/mark. What a person says of an anomaly; with who and when, and in the access log.
import type { Hono } from "hono";
import { z } from "zod";
import type { JsonObject } from "../../lib/canonical-json.ts";
import type { Clock } from "../../lib/clock.ts";
import { inertJson } from "../../lib/inert-json.ts";
import { markInputSchema, markPath } from "../../model/anomaly-mark.ts";
import { AppError } from "../../model/app-error.ts";
import { parseInput } from "../../model/question.ts";
import { markAnomaly } from "../../pipeline/mark-anomaly.ts";
import { methodNotAllowed } from "./error-response.ts";
import { limitBody } from "./limit-body.ts";
import { routePattern } from "./question-path.ts";
import type { Readings } from "./reading.ts";
import type { Admit, ServiceContext, ServiceEnv } from "./service-request.ts";

interface MarkRouteOptions {
  storePath: string;
  admit: Admit;
  readings: Readings;
  clock: Clock;
}

const bodyBytesMax = 16 * 1024;
const schema = markInputSchema.extend({ id: z.guid() });

export function addMarkRoute(
  app: Hono<ServiceEnv>,
  { storePath: store, admit, readings, clock }: MarkRouteOptions,
): void {
  const pattern = routePattern(markPath);
  app.post(
    pattern,
    async (context, next) => {
      await admit(context, "mark_anomaly", "admin");
      await next();
    },
    limitBody(bodyBytesMax),
    async (context) => {
      const id = context.req.param("id");
      const body = await readJson(context);
      const input = { ...body, ...(id === undefined ? {} : { id }) };
      return await readings.record(context, "mark_anomaly", input, async () => {
        const { id: known, ...mark } = parseInput("mark_anomaly", schema, input);
        const answer = markAnomaly({ store, id: known, mark, by: context.get("reader").name, clock });
        return context.body(inertJson(answer), 200, { "content-type": "application/json" });
      });
    },
  );
  app.all(pattern, methodNotAllowed("POST"));
}

/** @throws service.media_type: a page of another site can post a form, but not JSON, without asking first; usage.query */
async function readJson({ req }: ServiceContext): Promise<JsonObject> {
  const type = (req.header("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") {
    throw new AppError("service.media_type", `content-type ${type?.slice(0, 100) || "(none)"} is not understood here`, {
      hint: 'Send application/json, for example {"state":"expected"}.',
    });
  }
  const body: unknown = await req.raw.json().catch(() => undefined);
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return body as JsonObject;
  throw new AppError("usage.query", "the body is no JSON object", { hint: 'For example {"state":"expected"}.' });
}
