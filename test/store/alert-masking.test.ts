// From a posted row to what receivers get, through the real service: what a masked column holds leaves in no alert, only `[REDACTED]`.
import { writeFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";
import { expect, it } from "vitest";
import { openDatagramReceiver, openWebhookReceiver } from "../support/alert-receivers.ts";
import { secret } from "../support/alerts.ts";
import { mysqlMessage } from "../support/debezium.ts";
import { postTo } from "../support/ingest-service.ts";
import { startAuditctl } from "../support/run-auditctl.ts";
import { listeningUrl } from "../support/serve-ingest.ts";
import { parseCef, parseSyslog } from "../support/syslog-parser.ts";
import { staffPack } from "../support/staff-pack.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { waitFor } from "../support/wait-for.ts";

it("masks what is masked, and keeps hostile names inert", async () => {
  using folder = openTempFolder();
  writeFileSync(folder.file("staff.yaml"), staffPack);
  writeFileSync(folder.file("secret"), secret);
  await using hook = await openWebhookReceiver();
  await using syslog = await openDatagramReceiver();
  const store = folder.file("store.db");
  const env = {
    AUDIT_WEBHOOK_URL: hook.url,
    AUDIT_WEBHOOK_SECRET_FILE: folder.file("secret"),
    AUDIT_SYSLOG: `udp://127.0.0.1:${syslog.port}`,
    AUDIT_SYSLOG_FORMAT: "cef",
    AUDIT_LOG_LEVEL: "debug",
    AUDIT_MODEL_PROVIDER: "off",
  };
  const args = ["serve", "--ingest", "--json", "--listen", "127.0.0.1:0", "--store", store];
  await using running = startAuditctl([...args, "--rules", folder.file("staff.yaml")], { env });
  const url = await listeningUrl(running);
  await waitFor("alerts to be looked for", () => running.stderr().includes("alerts are told"));
  const evil = "eva|=]\n<13>1 \u202e";
  const ts_ms = Date.now();
  const times = { ts_ms, ts_us: ts_ms * 1_000, ts_ns: "TS_NS" };
  const after = { user_id: evil, changed_by: evil, role: "admin", iban: "planted-iban-77" };
  const message = mysqlMessage("c", { fields: null, after, source: { ...times, db: "shop", table: "users" } });
  const body = JSON.stringify(message).replaceAll('"TS_NS"', `${ts_ms}000000`);
  expect((await postTo(url, body)).status).toBe(200);

  await waitFor("the webhook", () => hook.posted.length > 0);
  await waitFor("syslog", () => syslog.received.length > 0);
  const { headers, body: posted } = hook.posted[0]!;
  expect(new Webhook(secret).verify(posted, headers)).toMatchObject({
    type: "anomaly.opened",
    data: { anomaly: { entity_id: evil } },
  });
  const { extension } = parseCef(parseSyslog(syslog.received[0]!).message);
  expect(extension["externalId"]).toBe(headers["webhook-id"]);
  expect(extension["cs3"]).toBe("eva|=] <13>1 \\u202e");
  for (const text of [posted, extension["msg"]]) expect(text).toContain("account [REDACTED]");
  const metrics = await waitFor("the measures", async () => {
    const text = await (await fetch(`${url}/metrics`)).text();
    return text.includes('alerts_delivered_total{receiver="syslog"} 1') && text;
  });
  expect(metrics).toContain('audit_overlay_alerts_waiting{receiver="webhook"} 0');
  running.child.kill("SIGTERM");
  const { status, stdout, stderr } = await running.ended;
  expect(status).toBe(0);
  const shown = [posted, JSON.stringify(headers), syslog.received[0]!.toString(), stdout, stderr].join("\n");
  expect(shown).not.toContain("planted-iban");
  expect(stdout + stderr).not.toContain(secret);
});
