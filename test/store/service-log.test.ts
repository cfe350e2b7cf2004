// The log of a real service into a file: each line is JSON with its fields, from every thread, rotated and compressed; nothing secret
// is in any of it, however it was given. And its measures are those of the catalogue.
import { writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { openWebhookReceiver } from "../support/alert-receivers.ts";
import { secret } from "../support/alerts.ts";
import { mysqlMessage } from "../support/debezium.ts";
import { postTo } from "../support/ingest-service.ts";
import { readLog } from "../support/log-files.ts";
import { metricFaults, valueOf } from "../support/metrics-text.ts";
import { startAuditctl } from "../support/run-auditctl.ts";
import { listeningUrl } from "../support/serve-ingest.ts";
import { staffPack } from "../support/staff-pack.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { waitFor } from "../support/wait-for.ts";

it("is in rotated files, with every thread's lines, and nothing secret", async () => {
  using folder = openTempFolder();
  await using hook = await openWebhookReceiver();
  writeFileSync(folder.file("staff.yaml"), staffPack);
  const path = folder.file("logs/service.log");
  const env = {
    AUDIT_LOG_FILE: path,
    AUDIT_LOG_FILE_BYTES: "2048",
    AUDIT_LOG_FILES: "500",
    AUDIT_LOG_LEVEL: "debug",
    AUDIT_WEBHOOK_URL: `${hook.url}planted-path`,
    AUDIT_WEBHOOK_SECRET: secret,
    AUDIT_MODEL_KEY: "planted-model-key",
    AUDIT_PASSWORD: "planted-password",
    AUDIT_MODEL_PROVIDER: "off",
  };
  const args = ["serve", "--ingest", "--json", "--listen", "127.0.0.1:0", "--store", folder.file("store.db")];
  await using running = startAuditctl([...args, "--rules", folder.file("staff.yaml")], { env });
  const url = await listeningUrl(running);
  const metrics = async (): Promise<string> => await (await fetch(`${url}/metrics`)).text();
  const waiting = 'audit_overlay_alerts_waiting{receiver="webhook"}';
  await waitFor("alerts to be looked for", async () => valueOf(await metrics(), waiting) !== undefined);
  const evil = 'eva\n{"level":"error"}\u202e\u001b[2J';
  const ts_ms = Date.now();
  const source = { ts_ms, ts_us: ts_ms * 1_000, ts_ns: "TS_NS", db: "shop", table: "users" };
  const after = { user_id: evil, changed_by: evil, role: "admin", iban: "planted-iban-77" };
  const body = JSON.stringify(mysqlMessage("c", { fields: null, after, source })).replaceAll(
    '"TS_NS"',
    `${ts_ms}000000`,
  );
  expect((await postTo(url, body)).status).toBe(200);
  expect((await postTo(url, `{"planted-post": ${"9".repeat(5)}}`)).status).toBe(400);
  await waitFor("the webhook", () => hook.posted.length > 0);
  const asked = [`/v1/entities/user/planted-id/timeline?x=${encodeURIComponent(evil)}`, "/metrics", "/v1/status"];
  for (let round = 0; round < 15; round += 1) for (const each of asked) await fetch(url + each);
  const refused = await fetch(`${url}/v1/status`, { headers: { authorization: "Bearer ao_planted-token" } });
  expect(refused.status).toBe(401);
  const shown = await metrics();
  expect(metricFaults(shown)).toEqual([]);
  expect(valueOf(shown, 'audit_overlay_errors_total{code="ingest.invalid"}')).toBe(1);
  expect(valueOf(shown, 'audit_overlay_queue_bytes{queue="posts"}')).toBe(0);
  expect(valueOf(shown, 'audit_overlay_business_events_total{type="user.role_changed"}')).toBe(1);
  running.child.kill("SIGTERM");
  const { status, stdout, stderr } = await running.ended;
  expect([status, stderr]).toEqual([0, ""]);

  const { names, text } = readLog(path);
  expect(names.length).toBeGreaterThan(3);
  expect(text).toMatch(/^[\n\x20-\x7e]*$/);
  const lines = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, string>);
  for (const { time, level, component, msg } of lines) {
    expect(new Date(time ?? "").toISOString()).toBe(time);
    expect([level, component, msg]).toEqual([
      expect.stringMatching(/^(error|warn|info|debug)$/),
      expect.stringMatching(/^[a-z]+$/),
      expect.stringMatching(/./),
    ]);
  }
  expect(new Set(lines.map(({ component }) => component))).toEqual(new Set(["rules", "http", "detect", "alerts"]));
  expect(lines.filter(({ code }) => code === "access.unauthenticated")).toHaveLength(1);
  for (const line of lines.filter(({ code }) => code !== undefined)) expect(line["hint"]).toBeTypeOf("string");
  for (const planted of ["planted", secret]) expect(text + stdout + shown).not.toContain(planted);
});
