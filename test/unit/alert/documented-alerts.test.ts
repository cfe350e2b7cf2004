// docs/alerts.md shows what is really sent, and every type of alert.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { anomalyAlert } from "../../../src/alert/alert-content.ts";
import { syslogMessage } from "../../../src/alert/syslog-message.ts";
import { webhookBody } from "../../../src/alert/webhook.ts";
import { alertTypes } from "../../../src/model/alert.ts";
import { alertOf, anomalyOf } from "../../support/alerts.ts";

const document = readFileSync(join(import.meta.dirname, "..", "..", "..", "docs", "alerts.md"), "utf8");

/** As it comes out of the outbox, where data is canonical JSON. */
function sampleAlert() {
  const { alert_key: _key, ...alert } = anomalyAlert(anomalyOf(1, { severity: "high" }), null);
  return alertOf({ ...alert, created_at: "2026-03-02T11:00:02.000000Z" });
}

it("shows a webhook's body", () => {
  const shown = /```json\n(.*)\n```/.exec(document)?.[1] ?? "{}";
  const body = webhookBody(sampleAlert(), { host: "shop-1", store: "audit-overlay.db" });
  expect(JSON.parse(shown)).toEqual(JSON.parse(body));
});

it.each(["text", "cef"] as const)("shows a syslog message with %s", (format) => {
  const options = { format, hostname: "shop-1", processId: 4711, version: "0.1.0", bytesMax: 8_192 };
  expect(document).toContain(`\n${syslogMessage(sampleAlert(), options).toString().replace("\ufeff", "")}\n`);
});

it("tells what each type means, and no other", () => {
  const told = [...document.matchAll(/^\| `([a-z]+\.[a-z_]+)` \| [\w ]+ \| (.*) \|$/gm)].map(([, type, meaning]) => [
    type,
    meaning,
  ]);
  expect(Object.fromEntries(told)).toEqual(alertTypes);
});
