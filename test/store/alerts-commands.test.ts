// `auditctl alerts` and `auditctl run` as an operator uses them, as processes of their own.
import { writeFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";
import { expect, it } from "vitest";
import type { ListedAlert } from "../../src/model/alert.ts";
import { findFreePort } from "../../scripts/mysql/free-port.ts";
import { openFindings } from "../../src/store/findings-store.ts";
import { openStreamReceiver, openWebhookReceiver } from "../support/alert-receivers.ts";
import { newAlertOf, secret } from "../support/alerts.ts";
import { openOutbox } from "../support/alert-outbox.ts";
import { createLedgerFile, tamper } from "../support/ledger.ts";
import { runAuditctl } from "../support/run-auditctl.ts";
import { startServe } from "../support/serve-process.ts";
import { openTempFolder } from "../support/temp-folder.ts";

const secretText = secret.slice("whsec_".length);

it("`alerts test` sends a signed alert to each receiver and shows what it said, and no secret", async () => {
  using folder = openTempFolder();
  await using hook = await openWebhookReceiver();
  await using syslog = await openStreamReceiver();
  writeFileSync(folder.file("secret"), `${secret}\n`);
  const env = {
    AUDIT_WEBHOOK_URL: `${hook.url}?token=s3cr3t-path`,
    AUDIT_WEBHOOK_SECRET_FILE: folder.file("secret"),
    AUDIT_SYSLOG: `tcp://127.0.0.1:${syslog.port}`,
  };
  const both = await runAuditctl(["alerts", "test"], { env });
  expect(both).toMatchObject({ status: 0, stderr: "" });
  expect(both.stdout).toMatch(/^webhook {2}http:\/\/127\.0\.0\.1:\d+ {2}delivered {2}\d+ ms {2}HTTP 200: thanks$/m);
  expect(both.stdout).toMatch(/^syslog {2}tcp:\/\/127\.0\.0\.1:\d+ {2}delivered/m);
  const { headers, body } = hook.posted[0]!;
  expect(new Webhook(secret).verify(body, headers)).toMatchObject({ type: "alerts.test" });
  expect(syslog.received[0]!.toString()).toContain("alerts.test");

  hook.answer = (response) => response.writeHead(403).end("who are you?");
  const refused = await runAuditctl(["alerts", "test", "--receiver", "webhook", "--json"], { env });
  expect(refused.status).toBe(5);
  expect(JSON.parse(refused.stdout)).toMatchObject({
    results: [{ receiver: "webhook", delivered: false, said: "HTTP 403: who are you?" }],
  });
  expect(JSON.parse(refused.stderr)).toMatchObject({ error: { code: "alert.undelivered" } });
  expect(syslog.received.length).toBe(1);

  const shown = await runAuditctl(["config", "show", "--json"], { env: { ...env, AUDIT_WEBHOOK_SECRET: secret } });
  for (const { stdout, stderr } of [both, refused, shown]) {
    expect(stdout + stderr).not.toContain(secretText);
    expect(stdout + stderr).not.toContain("s3cr3t-path");
  }
});

it.each([
  [["alerts", "test"], {}, "there is no receiver of alerts in the settings"],
  [["alerts", "test", "--receiver", "pager"], {}, "must be one of webhook, syslog"],
  [["run", "--store", "no.db"], { AUDIT_WEBHOOK_URL: "http://127.0.0.1:1" }, "webhook_url needs a secret"],
  [["alerts", "replay"], { AUDIT_SYSLOG: "udp://127.0.0.1:1" }, "needs --start"],
  [["alerts", "list"], { AUDIT_URL: "http://127.0.0.1:1" }, "works on the store's own machine"],
] as [string[], Record<string, string>, string][])("refuses %j with %j", async (args, env, message) => {
  const { status, stderr } = await runAuditctl(args, { env });
  expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
});

it("`alerts list` and `alerts replay` show what was told to whom, and have it told again", async () => {
  using folder = openTempFolder();
  const store = folder.file("store.db");
  createLedgerFile(store, 1);
  expect((await runAuditctl(["alerts", "list", "--store", store])).stdout).toContain("nothing found");
  using outbox = openOutbox(store);
  const refusing = {
    name: "webhook" as const,
    address: "",
    send: () => Promise.resolve({ kind: "refused" as const, said: "HTTP 400: \u001b[2J" }),
  };
  const delivery = outbox.deliver(refusing);
  outbox.put(newAlertOf(1, { text: "one\u001b[31m" }), newAlertOf(2));
  await delivery.drain(new AbortController().signal);
  const listed = await runAuditctl(["alerts", "list", "--store", store]);
  expect(listed.stdout).not.toContain("\u001b");
  expect(listed.stdout).toContain("webhook: waits, next try at 2026-03-02 12:00:01Z, attempts: 1: HTTP 400");

  const { alerts } = JSON.parse(
    (await runAuditctl(["alerts", "list", "--store", store, "--json", "--undelivered", "--limit", "1"])).stdout,
  ) as { alerts: ListedAlert[] };
  expect(alerts).toMatchObject([
    { text: "alert 2", deliveries: [{ receiver: "webhook", state: "waiting", attempts: 1 }] },
  ]);

  const replay = ["alerts", "replay", "--store", store, "--start", "2026-03-02", "--end", "2026-03-02"];
  const env = {
    AUDIT_SYSLOG: "udp://127.0.0.1:1",
    AUDIT_WEBHOOK_URL: "http://127.0.0.1:1",
    AUDIT_WEBHOOK_SECRET: secret,
  };
  const queued = await runAuditctl([...replay, "--receiver", "syslog", "--lang", "es"], { env });
  expect(queued).toMatchObject({ status: 0, stdout: "2 alertas en la cola para syslog; las entrega `auditctl run`\n" });
  expect(outbox.states("syslog")).toEqual(["alert 2: waiting", expect.stringContaining(": waiting")]);
  const none = await runAuditctl(["alerts", "replay", "--store", store, "--start", "1h", "--json"], { env });
  expect(JSON.parse(none.stdout)).toMatchObject({
    queued: [
      { receiver: "webhook", alerts: 0 },
      { receiver: "syslog", alerts: 0 },
    ],
  });
});

it("`run` tells that it cannot go on before it ends, once however often it is restarted", async () => {
  using folder = openTempFolder();
  const store = folder.file("store.db");
  await using hook = await openWebhookReceiver();
  const env = { AUDIT_WEBHOOK_URL: hook.url, AUDIT_WEBHOOK_SECRET: secret };
  const args = [
    "run",
    "--store",
    store,
    "--port",
    String(await findFreePort()),
    "--user",
    "nobody",
    "--log-level",
    "debug",
  ];
  for (let start = 0; start < 3; start += 1) {
    const ended = await runAuditctl(args, { env });
    expect(ended.status).toBe(5);
    expect(ended.stdout + ended.stderr).not.toContain(secretText);
    expect(ended.stdout + ended.stderr).not.toContain("/hook");
  }
  expect(hook.posted.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
    {
      type: "capture.needs_person",
      timestamp: expect.any(String) as unknown,
      data: expect.objectContaining({
        state: "STOPPED",
        text: expect.stringContaining("STOPPED and needs a person") as unknown,
      }) as unknown,
    },
  ]);
});

it("a service that is asked to verify puts what it finds into the outbox", async () => {
  using folder = openTempFolder();
  const store = folder.file("store.db");
  createLedgerFile(store, 3);
  tamper(store, "UPDATE change_event SET after = '{}' WHERE change_id = 3");
  await using service = await startServe(store);
  for (let time = 0; time < 2; time += 1) {
    expect(await (await fetch(`${service.url}/v1/verify`)).json()).toMatchObject({ ok: false });
  }
  using findings = openFindings(store);
  expect(findings.listAlerts({ limit: 10 }).map(({ type }) => type)).toEqual(["verify.failed"]);
});
