// What is sent over real sockets, and what each answer means: webhook, syslog over UDP, TCP and TLS.
import { setTimeout as sleep } from "node:timers/promises";
import { spawnSync } from "node:child_process";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { findFreePort } from "../../scripts/mysql/free-port.ts";
import { openReceivers } from "../../src/alert/open-receivers.ts";
import { createWebhook } from "../../src/alert/webhook.ts";
import { systemClock } from "../../src/lib/clock.ts";
import type { Receiver } from "../../src/model/alert.ts";
import { configSchema } from "../../src/model/config.ts";
import {
  makeCertificate,
  openDatagramReceiver,
  openStreamReceiver,
  openWebhookReceiver,
} from "../support/alert-receivers.ts";
import { alertOf, secret } from "../support/alerts.ts";
import { parseCef, parseSyslog } from "../support/syslog-parser.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { waitFor } from "../support/wait-for.ts";

const going = new AbortController().signal;
const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

function open(settings: Record<string, unknown>): Receiver {
  return openReceivers(configSchema.parse(settings), "0.1.0", systemClock)[0]!;
}

describe("a webhook", () => {
  it("is signed as the library of receivers expects it, with the alert's own id", async () => {
    await using hook = await openWebhookReceiver();
    const alert = alertOf({ data: { anomaly: { entity_id: "P-1" } } });
    const receiver = open({ webhook_url: hook.url, webhook_secret: secret, store: "/var/lib/shop.db" });
    expect(await receiver.send(alert, going)).toEqual({ kind: "delivered", said: "HTTP 200: thanks" });
    const { headers, body } = hook.posted[0]!;
    const payload = new Webhook(secret).verify(body, headers);
    expect(headers).toMatchObject({
      "webhook-id": alert.message_id,
      "content-type": "application/json; charset=utf-8",
    });
    expect(payload).toEqual({
      type: "anomaly.opened",
      timestamp: alert.created_at,
      data: {
        text: alert.text,
        severity: "high",
        host: expect.any(String) as unknown,
        store: "shop.db",
        anomaly: { entity_id: "P-1" },
      },
    });
    expect(() => new Webhook(secret).verify(body.replace("P-1", "P-2"), headers)).toThrow("No matching signature");
  });

  it("is signed with both secrets while one replaces the other", async () => {
    await using hook = await openWebhookReceiver();
    const other = `whsec_${Buffer.from("another secret of the same length").toString("base64")}`;
    const receiver = open({ webhook_url: hook.url, webhook_secret: `${secret} ${other}` });
    await receiver.send(alertOf(), going);
    const { headers, body } = hook.posted[0]!;
    for (const known of [secret, other]) expect(new Webhook(known).verify(body, headers)).toBeTruthy();
  });

  it.each([
    [200, "delivered"],
    [204, "delivered"],
    [302, "refused"],
    [400, "refused"],
    [401, "refused"],
    [404, "refused"],
    [410, "gone"],
    [408, "unreachable"],
    [429, "unreachable"],
    [500, "unreachable"],
    [503, "unreachable"],
  ])("that answers %i: %s", async (status, kind) => {
    await using hook = await openWebhookReceiver();
    hook.answer = (response) => response.writeHead(status, { location: `${hook.url}/elsewhere` }).end();
    const outcome = await open({ webhook_url: hook.url, webhook_secret: secret }).send(alertOf(), going);
    expect(outcome).toMatchObject({ kind, said: expect.stringContaining(`HTTP ${status}`) as unknown });
    // A redirect is not followed.
    expect(hook.posted.length).toBe(1);
  });

  it.each([
    ["120", 120_000],
    [() => new Date(Date.now() + 60_000).toUTCString(), 60_000],
    ["999999999", 86_400_000],
    ["soon", undefined],
    ["-5", undefined],
  ])("that says Retry-After: %s", async (header, expected) => {
    await using hook = await openWebhookReceiver();
    const value = typeof header === "string" ? header : header();
    hook.answer = (response) => response.writeHead(503, { "retry-after": value }).end("busy\u0007\n");
    const outcome = await open({ webhook_url: hook.url, webhook_secret: secret }).send(alertOf(), going);
    expect(outcome).toMatchObject({ kind: "unreachable", said: "HTTP 503: busy\\u0007" });
    const { retryAfterMs } = outcome as { retryAfterMs?: number };
    // A date has whole seconds, and some time has passed.
    expect(retryAfterMs && Math.round(retryAfterMs / 10_000) * 10_000).toBe(expected);
  });

  it("that never answers, or closes, or is not there, holds nothing up for longer than its time", async () => {
    await using hook = await openWebhookReceiver();
    hook.answer = () => {};
    const origin = { host: "h", store: "s" };
    const usual = { url: hook.url, secrets: [secret], origin, version: "0", clock: systemClock };
    expect(await createWebhook({ ...usual, timeoutMs: 200 }).send(alertOf(), going)).toEqual({
      kind: "unreachable",
      said: "no answer within 0.2 s",
    });
    hook.answer = (response) => response.destroy();
    expect(await createWebhook(usual).send(alertOf(), going)).toEqual({
      kind: "unreachable",
      said: "other side closed",
    });
    const url = `http://127.0.0.1:${await findFreePort()}/`;
    expect(await createWebhook({ ...usual, url }).send(alertOf(), going)).toMatchObject({
      kind: "unreachable",
      said: expect.stringContaining("ECONNREFUSED") as unknown,
    });
    const stopped = AbortSignal.abort();
    expect(await createWebhook(usual).send(alertOf(), stopped)).toMatchObject({ kind: "unreachable" });
  });

  it("that repeats the address does not get its path, which may be the secret, into what is kept and shown", async () => {
    await using hook = await openWebhookReceiver();
    const path = "/services/T0123456/B7654321/wJalrXUtnFEMI";
    const url = `${new URL(hook.url).origin}${path}?key=bPxRfiCYEXAMPLE`;
    hook.answer = (response) => {
      response.writeHead(404).end(`Cannot POST ${path}; ${url}; token wJalrXUtnFEMI, key bPxRfiCYEXAMPLE`);
    };
    const { said } = await open({ webhook_url: url, webhook_secret: secret }).send(alertOf(), going);
    expect(said).toMatch(/^HTTP 404: Cannot POST …; /);
    expect(said).not.toMatch(/T0123456|B7654321|wJalrXUtnFEMI|bPxRfiCYEXAMPLE/);
  });

  it("that took it is believed, whatever becomes of the rest of its answer", async () => {
    await using hook = await openWebhookReceiver();
    hook.answer = (response) => {
      response.writeHead(200);
      response.write("x".repeat(100_000));
    };
    const receiver = open({ webhook_url: hook.url, webhook_secret: secret });
    expect(await receiver.send(alertOf(), going)).toMatchObject({ kind: "delivered" });
    hook.answer = (response) => {
      response.writeHead(200);
      response.write("a little");
      setImmediate(() => response.destroy());
    };
    expect(await receiver.send(alertOf(), going)).toMatchObject({ kind: "delivered" });
  });

  it("shows no more of its address than the host", () => {
    const url = "https://hooks.example.com/services/T000/B000/secret?key=secret";
    expect(open({ webhook_url: url, webhook_secret: secret }).address).toBe("https://hooks.example.com");
  });

  it.each([
    ["", "there is none"],
    ["hunter2-hunter2-hunter2", "must be whsec_ and base64"],
    ["whsec_c2hvcnQ=", "has 5 bytes"],
    [`${secret} ${secret} ${secret}`, "more than two"],
  ])("is not set up with the secret %j, which no message repeats", (bad, message) => {
    const set = (): Receiver => open({ webhook_url: "http://127.0.0.1/", webhook_secret: bad });
    expect(set).toThrow(message);
    expect(set).not.toThrow(bad.split("_").at(-1) || "no text at all");
  });
});

describe("syslog", () => {
  it("over TCP frames each message with its length", async () => {
    await using receiver = await openStreamReceiver();
    const alert = alertOf({ text: "two\nlines, and é" });
    const syslog = open({ syslog: `tcp://127.0.0.1:${receiver.port}` });
    expect(await syslog.send(alert, going)).toMatchObject({ kind: "delivered" });
    const [bytes] = receiver.received;
    const frame = /^(\d+) /.exec(bytes!.toString("latin1"));
    const message = bytes!.subarray(frame![0].length);
    expect(message.length).toBe(Number(frame![1]));
    expect(parseSyslog(message)).toMatchObject({ message: "\ufefftwo lines, and é", data: { id: alert.message_id } });
  });

  it("over UDP is one datagram of at most 2048 bytes", async () => {
    await using receiver = await openDatagramReceiver();
    const syslog = open({ syslog: `udp://127.0.0.1:${receiver.port}`, syslog_format: "cef" });
    const outcome = await syslog.send(alertOf({ text: "é".repeat(5_000) }), going);
    expect(outcome).toMatchObject({ kind: "delivered", said: expect.stringContaining("does not say") as unknown });
    await waitFor("the datagram", () => receiver.received.length === 1);
    expect(receiver.received[0]!.length).toBeLessThanOrEqual(2_048);
    expect(parseCef(parseSyslog(receiver.received[0]!).message).extension["msg"]).toMatch(/^é+…$/);
  });

  it.each(["udp", "tcp"])("over %s to a port where nobody listens is refused", async (transport) => {
    const syslog = open({ syslog: `${transport}://127.0.0.1:${await findFreePort()}` });
    expect(await syslog.send(alertOf(), going)).toMatchObject({
      kind: "unreachable",
      said: expect.stringContaining("ECONNREFUSED") as unknown,
    });
  });

  it("is not taken for delivered when the receiver closes at once", async () => {
    await using receiver = await openStreamReceiver(undefined, (socket) => socket.resetAndDestroy());
    const syslog = open({ syslog: `tcp://127.0.0.1:${receiver.port}` });
    expect(await syslog.send(alertOf(), going)).toMatchObject({ kind: "unreachable" });
  });

  it("ends at once when it is told to stop, whatever the receiver does", async () => {
    await using receiver = await openStreamReceiver(undefined, (socket) => void socket.pause());
    const stop = new AbortController();
    const sending = open({ syslog: `tcp://127.0.0.1:${receiver.port}` }).send(alertOf(), stop.signal);
    stop.abort();
    expect(await Promise.race([sending, sleep(1_500, "late")])).toMatchObject({ kind: "unreachable" });
  });

  it.runIf(hasOpenssl)("over TLS goes to nobody whose certificate does not hold", async () => {
    using folder = openTempFolder();
    const mine = makeCertificate(folder);
    const another = makeCertificate(folder, "elsewhere");
    await using receiver = await openStreamReceiver(mine);
    const address = `tls://localhost:${receiver.port}`;
    expect(await open({ syslog: address, syslog_ca: mine.cert }).send(alertOf(), going)).toMatchObject({
      kind: "delivered",
    });
    expect(receiver.received[0]!.toString()).toContain("audit-overlay");
    for (const settings of [
      { syslog: address },
      { syslog: address, syslog_ca: another.cert },
      // The certificate is for a name, not for this number.
      { syslog: `tls://127.0.0.1:${receiver.port}`, syslog_ca: mine.cert },
    ]) {
      expect(await open(settings).send(alertOf(), going)).toMatchObject({ kind: "unreachable" });
    }
    expect(receiver.received.length).toBe(1);
  });

  it.each(["tcp://user@host:1", "tls://host/path", "udp://"])("is not set up at %s", (address) =>
    expect(() => open({ syslog: address })).toThrow(/setting syslog|must be udp/),
  );
});
