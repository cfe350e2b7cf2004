// Syslog and CEF as a receiver reads them: whatever text the database holds, it ends no field and begins no message.
import { array, assert, constantFrom, oneof, property, string } from "fast-check";
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
it.each(hostile)("keeps %j inert", (evil) => expect(faultsOf(evil)).toEqual([]));

it("keeps any text inert, at any size that receivers take", () => {
  const unit = oneof(
    constantFrom("=", "|", "\\", '"', "]", "\n", "\r", "é", "👩‍👧"),
    string({ unit: "binary", maxLength: 3 }),
  );
  const inert = property(array(unit, { maxLength: 300 }), (parts) => faultsOf(parts.join("")).length === 0);
  expect(() => assert(inert, { numRuns: 300 })).not.toThrow();
});

/** What is wrong with what is sent, at both sizes that receivers take. @throws where it is no syslog, no CEF or no JSON */
function faultsOf(evil: string): string[] {
  const alert = alertWith(evil);
  const faults: string[] = [];
  const check = (what: string, holds: boolean): void => void (holds || faults.push(what));
  for (const bytesMax of [2_048, 8_192]) {
    const plain = text(alert, bytesMax);
    const { data, message } = parseSyslog(plain);
    check("size", plain.length <= bytesMax);
    check("fields", Object.keys(data).every((name) => fieldNames.has(name)) && data["id"] === alert.message_id);
    check("sentence", /^\ufeff[^\p{Cc}\u202e\u2028]*$/u.test(message));
    const formatted = cef(alert, bytesMax);
    check("size of CEF", formatted.length <= bytesMax);
    const { extension } = parseCef(parseSyslog(formatted).message);
    check("CEF", extension["externalId"] === alert.message_id && extension["forged"] === undefined);
  }
  const body = webhookBody(alert, { host: "h", store: "s" });
  check("body", /^[^\p{Cc}\u202e\u2028]*$/u.test(body));
  const { data } = JSON.parse(body) as { data: { text: string } };
  check("text", /^[^\p{Cc}\u202e\u2028]*$/u.test(data.text));
  return faults;
}

const fieldNames = new Set("id type severity state anomaly_id kind entity_type entity_id actor from to".split(" "));
