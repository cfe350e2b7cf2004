// A program of somebody else: types generated from our OpenAPI document (./api.ts), calls with openapi-fetch. The test copies
// it beside those types, has tsc check it and runs it: one call of each kind, each answer read by its type.
// @ts-nocheck: here, where the types are not.
import createClient from "openapi-fetch";
import type { components, paths } from "./api.ts";

const client = createClient<paths>({
  baseUrl: process.argv[2],
  headers: { authorization: `Bearer ${process.argv[3]}` },
});

function answered<T>({ data, error }: { data?: T; error?: components["schemas"]["Error"] }): T {
  if (data === undefined) throw new Error(error?.error.message ?? "no answer");
  return data;
}

const sale = { entity_type: "sale", entity_id: "S-3" };
const status = answered(await client.GET("/v1/status"));
const coverage = answered(await client.GET("/v1/coverage"));
const types = answered(await client.GET("/v1/entity-types"));
const trace = answered(
  await client.GET("/v1/entities/{entity_type}/{entity_id}/timeline", { params: { path: sale, query: { limit: 5 } } }),
);
const state = answered(await client.GET("/v1/entities/{entity_type}/{entity_id}/state", { params: { path: sale } }));
const events = answered(
  await client.GET("/v1/events", { params: { query: { kind: "business_event", type: ["sale.*", "x"], limit: 2 } } }),
);
const feed = answered(await client.GET("/v1/feed", { params: { query: { limit: 1 } } }));
const [first] = events.items;
if (first?.kind !== "business_event") throw new Error("a business event was asked for");
const id: string = first.business_event_id;
const event = answered(await client.GET("/v1/events/{id}", { params: { path: { id } } }));
const explanation = answered(await client.GET("/v1/explanations/{id}", { params: { path: { id } } }));
const found = answered(await client.GET("/v1/search", { params: { query: { text: "S-3" } } }));
const summary = answered(await client.GET("/v1/summaries/{date}", { params: { path: { date: "2026-03-01" } } }));
const anomalies = answered(await client.GET("/v1/anomalies", { params: { query: { severity: "high" } } }));
const verified = answered(await client.GET("/v1/verify"));
const missing = await client.GET("/v1/events/{id}", {
  params: { path: { id: "00000000-0000-4000-8000-000000000000" } },
});
const ready = answered(await client.GET("/readyz"));

const gaps: number | undefined = coverage.coverage?.gaps.length;
const quantity: string | undefined = trace.timeline[0]?.entity_id;
process.stdout.write(
  JSON.stringify({
    store: status.coverage?.transactions,
    gaps,
    types: types.entity_types,
    quantity,
    rows: state.rows.length,
    events: events.items.length,
    cursor: typeof feed.cursor,
    event: event.event.kind,
    sentences: explanation.sentences.length > 0,
    found: found.items.length > 0,
    day: summary.business_events,
    anomalies: anomalies.items.length,
    verified: verified.ok,
    missing: missing.error?.error.code,
    ready: ready.ready,
  }),
);
