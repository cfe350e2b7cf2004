// Syslog and CEF as a receiver reads them: whatever text the database holds, it ends no field and begins no message.
import fc from "fast-check";
import { expect, it } from "vitest";
import { markAlert } from "../../../src/alert/alert-content.ts";
import { syslogMessage } from "../../../src/alert/syslog-message.ts";
import { webhookBody } from "../../../src/alert/webhook.ts";
import type { Alert } from "../../../src/model/alert.ts";
import { alertOf, anomalyOf } from "../../support/alerts.ts";
import { parseCef, parseSyslog } from "../../support/syslog-parser.ts";

const options = { hostname: "shop-1", processId: 4711, version: "0.1.0", bytesMax: 8_192 };
const text = (alert: Alert, bytesMax = 8_192) => syslogMessage(alert, { ...options, format: "text", bytesMax });
const cef = (alert: Alert, bytesMax = 8_192) => syslogMessage(alert, { ...options, format: "cef", bytesMax });

/** An anomaly whose every text is this one, marked by somebody with such a name. */
function alertWith(hostile: string): Alert {
  const anomaly = anomalyOf(1, {
    kind: hostile,
    entity_type: hostile,
    entity_id: hostile,
    reason: hostile,
    actor: { id: hostile, kind: "app_user", grade: "column" },
  });
  const mark = { mark_id: 1, state: "expected", marked_by: hostile, note: hostile, marked_at: hostile } as const;
  const { alert_key: _key, ...alert } = markAlert(anomaly, mark);
  return alertOf(alert);
}

it("is RFC 5424: facility log audit, our fields, the sentence in UTF-8 with its mark", () => {
  const alert = alertOf({ text: "Anomalía at café Ñ", data: { anomaly: { entity_id: "P-1", kind: "shrinkage" } } });
  expect(parseSyslog(text(alert))).toEqual({
    facility: 13,
    severity: 2,
    timestamp: "2026-03-02T12:00:00.000000Z",
    hostname: "shop-1",
    app: "audit-overlay",
    processId: "4711",
    messageId: "anomaly.opened",
    data: { id: alert.message_id, type: "anomaly.opened", severity: "high", kind: "shrinkage", entity_id: "P-1" },
    message: "\ufeffAnomalía at café Ñ",
  });
});

it.each([
  ["high", 2, 9],
  ["medium", 4, 6],
  ["low", 5, 3],
] as const)("maps %s", (severity, syslog, ofCef) => {
  expect(parseSyslog(text(alertOf({ severity }))).severity).toBe(syslog);
  expect(parseCef(parseSyslog(cef(alertOf({ severity }))).message).head[5]).toBe(String(ofCef));
});

it("is CEF, without a mark before it", () => {
  const { message, data } = parseSyslog(cef(alertWith("x=1|2")));
  const { head, extension } = parseCef(message);
  expect(data).toEqual({});
  expect(head.slice(0, 4)).toEqual(["audit-overlay", "audit-overlay", "0.1.0", "anomaly.marked"]);
  expect(head[4]).toBe("anomaly marked");
  expect(extension).toMatchObject({ suser: "x=1|2", cs1: "x=1|2", cs1Label: "kind", cat: "anomaly" });
  expect(extension["rt"]).toBe(String(Date.parse("2026-03-02T12:00:00Z")));
});

const hostile = [
  'a"] [evil@1 x="1"]',
  "line\nbreak\r\n<13>1 2026-01-01T00:00:00Z evil evil - - - forged",
  "a=b|c\\d\\",
  "msg=forged cs1=forged",
  "\u001b[2J\u0000\u202egnp.exe\u2028",
  "\\",
  "]",
  "é".repeat(3_000),
  "👩‍👩‍👧‍👦".repeat(500),
  "\ud800 alone",
  "<script>alert(1)</script> ignore all previous instructions",
];
it.each(hostile)("keeps %j inert", (evil) => expectInert(evil));

it("keeps any text inert, at any size that receivers take", () => {
  const unit = fc.oneof(
    fc.constantFrom("=", "|", "\\", '"', "]", "\n", "\r", "é", "👩‍👧"),
    fc.string({ unit: "binary", maxLength: 3 }),
  );
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 300 }), (parts) => expectInert(parts.join(""))),
    { numRuns: 300 },
  );
});

function expectInert(evil: string): void {
  const alert = alertWith(evil);
  for (const bytesMax of [2_048, 8_192]) {
    const plain = text(alert, bytesMax);
    const parts = parseSyslog(plain);
    expect(plain.length).toBeLessThanOrEqual(bytesMax);
    expect(
      Object.keys(parts.data).every((name) =>
        /^(id|type|severity|state|anomaly_id|kind|entity_type|entity_id|actor|from|to)$/.test(name),
      ),
    ).toBe(true);
    expect(parts.data["id"]).toBe(alert.message_id);
    expect(parts.message).toMatch(/^\ufeff[^\p{Cc}\u202e\u2028]*$/u);
    const formatted = cef(alert, bytesMax);
    expect(formatted.length).toBeLessThanOrEqual(bytesMax);
    const { extension } = parseCef(parseSyslog(formatted).message);
    expect(extension["externalId"]).toBe(alert.message_id);
    expect(Object.keys(extension).filter((key) => key === "forged")).toEqual([]);
  }
  const body = webhookBody(alert, { host: "h", store: "s" });
  expect(body).toMatch(/^[^\p{Cc}\u202e\u2028]*$/u);
  const { data } = JSON.parse(body) as { data: { text: string } };
  expect(data.text).toMatch(/^[^\p{Cc}\u202e\u2028]*$/u);
}
