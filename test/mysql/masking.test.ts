// What a masked column holds is nowhere: in no prompt, log line, export, answer or byte of a file. `[REDACTED]` stands in its place.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parquetReadObjects } from "hyparquet";
import { describe, expect, inject, it } from "vitest";
import type { BusinessEvent } from "../../src/model/business-event.ts";
import { openStoreReader } from "../../src/store/open-store.ts";
import { openWebhookReceiver } from "../support/alert-receivers.ts";
import { putAnomalies } from "../support/findings.ts";
import { openMcpHttpSession, textOf } from "../support/mcp-client.ts";
import { openModelServer, telling } from "../support/model-server.ts";
import { runAuditctl, startAuditctl } from "../support/run-auditctl.ts";
import { flavors, openSource } from "../support/source.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { waitForState, waitUntilStored } from "../support/trail.ts";
import { waitFor } from "../support/wait-for.ts";

/** Each is in a masked column, and in no other. */
const secrets = ["Planted Patient", "+51-planted-phone", "planted-note-7c2e", "planted-hash-91aa", "Second Planted"];
const planted = /planted/i;

const pack = `
pack: clinic
version: 1
branch: patient
entities:
  visits: { entity: visit, id: [visit_id], actor: clerk, mask: [patient, phone, note] }
  accounts: { entity: account, id: [account_id], mask: [password_hash] }
rules:
  - name: visit-booked
    version: 1
    type: visit.booked
    label: { en: Visit booked, es: Visita reservada }
    on: { table: visits, operation: insert }
    payload: { patient: after.patient, phone: after.phone, fee: after.fee }
    amount: fee
    confidence: 0.9
  - name: patient-changed
    version: 1
    type: patient.changed
    label: { en: Patient changed, es: Paciente cambiado }
    on: { table: visits, operation: update, when: '"patient" in changed' }
    payload: { was: before.patient, is: after.patient, note: 'orElse(after.note, "")' }
    confidence: 0.9
`;

const statements = [
  `INSERT INTO visits VALUES (1, '${secrets[0]}', '${secrets[1]}', '${secrets[2]}', 40.50, 'rosa')`,
  `INSERT INTO accounts VALUES (1, '${secrets[3]}', 'rosa')`,
  `UPDATE visits SET patient = '${secrets[4]}' WHERE visit_id = 1`,
  `UPDATE accounts SET password_hash = 'planted-hash-2' WHERE account_id = 1`,
  "DELETE FROM accounts WHERE account_id = 1",
];

describe.each(flavors)("masked columns of %s", (flavor) => {
  it("are masked wherever anything is shown, sent, logged or stored", async () => {
    using folder = openTempFolder();
    const store = folder.file("s.db");
    const rules = folder.file("clinic.yaml");
    writeFileSync(rules, pack);
    await using model = await openModelServer([telling("Marta Zorrilla.")]);
    await using receiver = await openWebhookReceiver();
    await using source = await openSource(flavor, inject(flavor), "mask");
    await source.run(
      "CREATE TABLE visits (visit_id INT PRIMARY KEY, patient VARCHAR(99), phone VARCHAR(99), note TEXT, fee DECIMAL(9,2), clerk VARCHAR(30))",
      "CREATE TABLE accounts (account_id INT PRIMARY KEY, password_hash VARCHAR(99), name VARCHAR(30))",
    );
    const env = {
      ...source.env,
      AUDIT_STORE: store,
      AUDIT_LOG_LEVEL: "debug",
      AUDIT_MODEL_URL: model.url,
      AUDIT_DETECT: "false",
      AUDIT_WEBHOOK_URL: receiver.url,
      AUDIT_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString("base64")}`,
    };
    const args = ["run", "--json", "--rules", rules, "--databases", source.database, "--listen", "127.0.0.1:0"];
    const shown = new Map<string, string>();

    {
      await using running = startAuditctl(args, { env });
      await waitForState(store, "RUNNING", running);
      await source.run(...statements);
      await waitUntilStored(source, store);
      // A receiver is told of what comes after it was known.
      await waitFor("alerts to be told", () => running.stderr().includes("alerts are told"));
      running.child.kill("SIGTERM");
      const { status, stdout, stderr } = await running.ended;
      expect(status).toBe(0);
      shown.set("run", stdout + stderr);
    }
    const booked = readEvents(store).find(({ type }) => type === "visit.booked")!;
    putAnomalies(store, [anomalyOf(booked)]);

    // Once more, to have the anomaly explained, and to be asked.
    await using running = startAuditctl(args, { env });
    const url = await waitFor("it to listen", () => /http:[^"]+/.exec(running.stdout())?.[0]);
    await waitFor("the anomaly to be explained", () => running.stderr().includes("an anomaly is explained"));
    await waitFor("the anomaly to be told", () => receiver.posted.some(({ body }) => body.includes(anomalyId)));
    const today = booked.timestamp.slice(0, 10);
    await askCli(store, today, booked, shown, env);
    await askHttp(url, today, booked, shown);
    await askMcp(`${url}/mcp`, today, booked, shown);
    for (const format of ["csv", "ndjson", "parquet"])
      for (const kind of ["business_event", "change_event"])
        shown.set(`export of ${kind} as ${format}`, await readExport(url, format, kind));
    running.child.kill("SIGTERM");
    await running.ended;
    shown.set("the second run", running.stdout() + running.stderr());
    shown.set("alerts", receiver.posted.map(({ body }) => body).join("\n"));
    const prompts = model.requests.map(({ text }) => text);
    expect(prompts.length).toBeGreaterThan(1);
    prompts.forEach((prompt, index) => shown.set(`prompt ${index}`, prompt));

    for (const [where, text] of shown) expect([where, planted.exec(text)?.[0]]).toEqual([where, undefined]);
    const redacted = [...shown].filter(([, text]) => text.includes("[REDACTED]")).map(([where]) => where);
    expect(redacted).toEqual(expect.arrayContaining(mustRedact));
    expect(redacted.filter((where) => where.startsWith("prompt")).length).toBeGreaterThan(0);
    for (const name of readdirSync(folder.path)) {
      // What a reader typed to search for is in the log of readings.
      const bytes = readFileSync(join(folder.path, name)).toString("latin1").replaceAll('{"text":"planted"', "");
      expect([name, planted.exec(bytes)?.[0]]).toEqual([name, undefined]);
    }
  });
});

const mustRedact = [
  "auditctl trace",
  "auditctl events show",
  "auditctl explain",
  "auditctl summary",
  "GET timeline",
  "GET events",
  "GET changes",
  "GET explanation",
  "GET summary",
  "MCP trace_entity",
  "MCP list_events",
  "MCP daily_summary",
  ...["csv", "ndjson", "parquet"].flatMap((format) =>
    ["business_event", "change_event"].map((kind) => `export of ${kind} as ${format}`),
  ),
];

type Event = Pick<BusinessEvent, "business_event_id" | "change_event_ids" | "timestamp" | "type">;

function readEvents(store: string): Event[] {
  using reader = openStoreReader(store);
  return reader.events({ kind: "business_event", limit: 100 }).items as unknown as Event[];
}

const anomalyId = "00000000-0000-4000-8000-000000000001";

function anomalyOf(event: Event) {
  return {
    anomaly_id: anomalyId,
    kind: "after_hours",
    severity: "high" as const,
    score: 4.5,
    entity_type: "visit",
    entity_id: "1",
    actor: { id: "rosa", kind: "app_user" as const, grade: "column" as const },
    from: event.timestamp,
    to: event.timestamp,
    detected_at: event.timestamp,
    reason: "visit 1 came when the clinic was closed",
    numbers: { value: 1, baseline: 0, samples: 30 },
    state: "open" as const,
    business_event_ids: [event.business_event_id],
    change_event_ids: [...event.change_event_ids],
  };
}

async function askCli(
  store: string,
  day: string,
  event: Event,
  shown: Map<string, string>,
  env: Record<string, string>,
) {
  const commands: Record<string, string[]> = {
    "auditctl trace": ["trace", "visit", "1", "--zone", "UTC"],
    "auditctl events show": ["events", "show", event.business_event_id, "--json"],
    "auditctl search": ["search", "planted", "--json"],
    "auditctl explain": ["explain", event.business_event_id, "--json"],
    "auditctl summary": ["summary", "--date", day, "--zone", "UTC", "--write"],
    "auditctl anomalies": ["anomalies", "--json"],
    "auditctl export": ["export", "--format", "csv"],
  };
  for (const [name, args] of Object.entries(commands)) {
    const { stdout, stderr, status } = await runAuditctl([...args, "--store", store], { env: pick(env) });
    expect([name, status, stderr]).toEqual([name, 0, expect.any(String)]);
    // What was asked for is told back.
    shown.set(name, (stdout + stderr).replaceAll('"planted"', ""));
  }
}

function pick({ AUDIT_MODEL_URL = "" }: Record<string, string>): Record<string, string> {
  return { AUDIT_MODEL_URL };
}

async function askHttp(url: string, day: string, event: Event, shown: Map<string, string>): Promise<void> {
  const paths: Record<string, string> = {
    "GET timeline": "/v1/entities/visit/1/timeline",
    "GET state": "/v1/entities/visit/1/state",
    "GET events": "/v1/events?kind=business_event",
    "GET changes": "/v1/events?kind=change_event",
    "GET event": `/v1/events/${event.business_event_id}`,
    "GET feed": "/v1/feed?kind=change_event",
    "GET explanation": `/v1/explanations/${event.business_event_id}`,
    "GET explained anomaly": `/v1/explanations/${anomalyId}?lang=es`,
    "GET summary": `/v1/summaries/${day}?zone=UTC`,
    "GET anomalies": "/v1/anomalies",
    "GET metrics": "/metrics",
  };
  for (const [name, path] of Object.entries(paths)) {
    const response = await fetch(url + path);
    const text = await response.text();
    expect([name, response.status, response.status === 200 ? "" : text]).toEqual([name, 200, ""]);
    shown.set(name, text);
  }
}

async function askMcp(url: string, day: string, event: Event, shown: Map<string, string>): Promise<void> {
  await using session = await openMcpHttpSession(url);
  const calls: Record<string, Record<string, string>> = {
    trace_entity: { entity_type: "visit", entity_id: "1" },
    entity_state: { entity_type: "visit", entity_id: "1" },
    list_events: {},
    search_events: { text: "visit" },
    explain_anomaly: { id: anomalyId },
    daily_summary: { date: day, zone: "UTC" },
    list_anomalies: {},
    fetch: { id: event.business_event_id },
  };
  for (const [tool, input] of Object.entries(calls)) {
    const result = await session.call(tool, input);
    expect([tool, result.isError === true ? textOf(result) : ""]).toEqual([tool, ""]);
    shown.set(`MCP ${tool}`, textOf(result) + JSON.stringify(result.structuredContent ?? {}));
  }
}

async function readExport(url: string, format: string, kind: string): Promise<string> {
  const response = await fetch(`${url}/v1/export?format=${format}&kind=${kind}`);
  expect([format, kind, response.status]).toEqual([format, kind, 200]);
  if (format !== "parquet") return await response.text();
  const rows = await parquetReadObjects({ file: await response.arrayBuffer() });
  return JSON.stringify(rows, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
}
