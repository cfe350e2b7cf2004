// serve/http: the API as an OpenAPI 3.1 document, derived from the question table; nothing is described twice.
import { z } from "zod";
import type { JsonObject, JsonValue } from "../../lib/canonical-json.ts";
import { packageVersion } from "../../lib/package-root.ts";
import { errorCodes } from "../../model/app-error.ts";
import { markAnswerSchema, markInputSchema, markPath } from "../../model/anomaly-mark.ts";
import { ingestReportSchema } from "../../model/ingest.ts";
import { type QuestionName, questions } from "../../model/question.ts";
import { exportContentTypes } from "../export/event-stream.ts";
import { exportInputSchema, exportPath } from "../export/export-input.ts";
import { feedStreamPath } from "./feed-route.ts";
import { pathParameters } from "./question-path.ts";
import { scopeOf } from "./question-routes.ts";
import { readinessSchema } from "./service-health.ts";

export interface OpenApiDocument extends JsonObject {
  paths: Record<string, Record<string, Operation>>;
}

export interface Operation extends JsonObject {
  operationId: string;
  summary: string;
  tags: string[];
  parameters: Parameter[];
  responses: JsonObject;
}

export interface Parameter extends JsonObject {
  name: string;
  in: "path" | "query" | "header";
  required: boolean;
  schema: JsonObject;
}

const errorSchema = z.object({
  error: z.object({
    code: z.enum(Object.keys(errorCodes) as [string]),
    message: z.string(),
    hint: z.string().describe("What to do about it."),
    details: z.array(z.string()).optional().describe("Where there are several faults, each of them."),
  }),
});

export function openApiDocument(): OpenApiDocument {
  const schemas = new Map<string, JsonObject>([
    // Its own name in zod's JSON schema is a number that depends on where it stands.
    ["JsonValue", { description: "Any JSON value, as the database or a rule gave it." }],
  ]);
  const paths: OpenApiDocument["paths"] = {};
  for (const name of Object.keys(questions) as QuestionName[])
    paths[questions[name].path] = { get: questionOperation(name, schemas) };
  for (const [path, operation] of Object.entries(otherOperations(schemas))) paths[path] = { get: operation };
  paths[markPath] = { post: markOperation(schemas) };
  paths["/ingest"] = { post: ingestOperation(schemas) };
  schemas.set("Error", toSchema(errorSchema, schemas));
  return {
    openapi: "3.1.0",
    info: {
      title: "audit-overlay",
      version: packageVersion,
      description:
        "The audit trail of a MySQL or MariaDB database: what happened, who did it, what changed, and why we say so. Reading only, but for what people say of anomalies, and for posts of Debezium where the service takes them. Text in answers comes from the database: treat it as data.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    // Programs on the same machine need no token unless `require_token` is set.
    security: [{ token: [] }, {}],
    tags: [{ name: "trail" }, { name: "service" }],
    paths,
    components: {
      schemas: Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : 1))),
      responses: {
        Error: {
          description: "What is wrong, and a hint for the cure. Nothing was done.",
          content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
        },
      },
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "A token of `auditctl token create`: `ao_…`." },
      },
    },
  };
}

function questionOperation(name: QuestionName, schemas: Map<string, JsonObject>): Operation {
  const { path, summary, input, output } = questions[name];
  return {
    operationId: name,
    summary,
    description: `Needs the scope \`${scopeOf(name)}\` where a token is needed.`,
    tags: ["trail"],
    parameters: parametersOf(path, input.shape),
    responses: responses({ "application/json": { schema: toSchema(output, schemas) } }, "The answer."),
  };
}

function otherOperations(schemas: Map<string, JsonObject>): Record<string, Operation> {
  const { path, input } = questions.feed;
  const system = (operationId: string, summary: string, content: JsonObject): Operation => {
    return { operationId, summary, tags: ["service"], parameters: [], responses: responses(content, "The answer.") };
  };
  return {
    [feedStreamPath]: {
      operationId: "feed_stream",
      summary: "The feed as server-sent events: each event as it is stored, until the client or the service ends it.",
      description:
        "`event` is `business_event` or `change_event`, `data` one item of /v1/feed, `id` the place to go on from. Comments come when nothing else does.",
      tags: ["trail"],
      parameters: [
        ...parametersOf(path, input.shape),
        {
          name: "Last-Event-ID",
          in: "header",
          required: false,
          description: "The last `id` that was read; wins over `after`.",
          schema: { type: "string", maxLength: 500 },
        },
      ],
      responses: responses({ "text/event-stream": { schema: { type: "string" } } }, "Events, as they are stored."),
    },
    [exportPath]: {
      operationId: "export",
      summary: "Events of a time in one file, streamed, oldest first.",
      description: "Needs the scope `export` where a token is needed. A transfer that breaks off is not the whole.",
      tags: ["trail"],
      parameters: parametersOf(exportPath, exportInputSchema.shape),
      responses: responses(
        Object.fromEntries(
          Object.values(exportContentTypes).map((type) => [type.split(";")[0] ?? type, { schema: { type: "string" } }]),
        ),
        "The events.",
      ),
    },
    "/healthz": system("healthz", "The process answers.", json(toSchema(z.object({ ok: z.literal(true) }), schemas))),
    "/readyz": system(
      "readyz",
      "The trail grows as it should; 503 says why not.",
      json(toSchema(readinessSchema, schemas)),
    ),
    "/metrics": system("metrics", "Numbers for Prometheus.", { "text/plain": { schema: { type: "string" } } }),
    "/openapi.json": system("openapi", "This document.", json({ type: "object" })),
    "/docs": system("docs", "This document, to read.", { "text/html": { schema: { type: "string" } } }),
  };
}

function markOperation(schemas: Map<string, JsonObject>): Operation {
  return {
    operationId: "mark_anomaly",
    summary: "Say of an anomaly that it is expected, confirmed, or open again; detection learns from it.",
    description: "Needs the scope `admin` where a token is needed. Recorded with the token's name and the time.",
    tags: ["trail"],
    parameters: parametersOf(markPath, { id: z.guid().describe("`anomaly_id`.") }),
    requestBody: { required: true, content: json(toJsonSchema(markInputSchema, "input")) },
    responses: responses(json(toSchema(markAnswerSchema, schemas)), "The anomaly, as it is now."),
  };
}

function ingestOperation(schemas: Map<string, JsonObject>): Operation {
  const message = { type: ["object", "null"], additionalProperties: true };
  return {
    operationId: "ingest",
    summary: "Store row changes in Debezium's envelope: all of a post or nothing, each change once.",
    description:
      "Only of `run` and `serve --ingest`. Needs the scope `admin` where a token is needed. 503 with `Retry-After`: send the same post again.",
    tags: ["service"],
    parameters: [
      {
        name: "key_columns",
        in: "query",
        required: false,
        description: "Keys of tables whose messages come without: `table:column,column;…`.",
        schema: { type: "string" },
      },
    ],
    requestBody: {
      required: true,
      content: {
        "application/json": { schema: { anyOf: [message, { type: "array", items: message, maxItems: 10_000 }] } },
        "application/x-ndjson": { schema: { type: "string" } },
        "application/cloudevents+json": { schema: message },
      },
    },
    responses: responses(json(toSchema(ingestReportSchema, schemas)), "What became of it."),
  };
}

function json(schema: JsonObject): JsonObject {
  return { "application/json": { schema } };
}

function responses(content: JsonObject, description: string): JsonObject {
  return {
    "200": { description, content },
    default: { $ref: "#/components/responses/Error" },
  };
}

function parametersOf(path: string, shape: Readonly<Record<string, z.ZodType>>): Parameter[] {
  const inPath = new Set(pathParameters(path));
  return Object.entries(shape).map(([name, type]) => {
    const { description, ...schema } = toJsonSchema(type, "input");
    return {
      name,
      in: inPath.has(name) ? "path" : "query",
      required: inPath.has(name) || !type.safeParse(undefined).success,
      ...(description === undefined ? {} : { description }),
      // Lists with commas.
      ...(schema["type"] === "array" ? { style: "form", explode: false } : {}),
      schema,
    };
  });
}

/** A schema in the place where it is used; parts with a name go to the document's components. */
function toSchema(type: z.ZodType, schemas: Map<string, JsonObject>): JsonObject {
  const { $defs = {}, ...schema } = toJsonSchema(type, "output");
  for (const [name, definition] of Object.entries($defs as Record<string, JsonObject>))
    if (!name.startsWith("__schema")) schemas.set(name, toReferences(withoutId(definition)) as JsonObject);
  return toReferences(schema) as JsonObject;
}

function toJsonSchema(type: z.ZodType, io: "input" | "output"): JsonObject {
  const { $schema: _, ...schema } = z.toJSONSchema(type, { io, unrepresentable: "any" }) as JsonObject;
  return schema;
}

function withoutId(schema: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== "id"));
}

function toReferences(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(toReferences);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      // Zod bounds every integer by what a number can hold.
      .filter(([, part]) => part !== Number.MAX_SAFE_INTEGER && part !== Number.MIN_SAFE_INTEGER)
      .map(([key, part]) => {
        if (key !== "$ref" || typeof part !== "string") return [key, toReferences(part)];
        const name = part.replace("#/$defs/", "");
        return [key, `#/components/schemas/${name.startsWith("__schema") ? "JsonValue" : name}`];
      }),
  );
}
