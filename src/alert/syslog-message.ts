// alert: an alert -> one message of RFC 5424, as bytes. Text of others can neither end a field nor begin another message.
import { inertText } from "../lib/inert-text.ts";
import type { Alert } from "../model/alert.ts";
import { alertFields } from "./alert-fields.ts";
import { cefMessage } from "./cef-message.ts";
import { cutBytes } from "./cut-bytes.ts";

export interface SyslogOptions {
  format: "text" | "cef";
  hostname: string;
  processId: number;
  version: string;
  /** Of the whole message; what does not fit is cut from its end. */
  bytesMax: number;
}

/** log audit */
const facility = 13;
const severities = { high: 2, medium: 4, low: 5 } as const;
/** The number that IANA keeps for examples (RFC 5612): this project has none of its own. */
const dataId = "auditOverlay@32473";
const fieldBytesMax = 96;

export function syslogMessage(alert: Alert, options: SyslogOptions): Buffer {
  const { format, hostname, processId, version, bytesMax } = options;
  const head = [
    `<${facility * 8 + severities[alert.severity]}>1`,
    // RFC 5424 allows at most six digits of a second, which is what the trail has.
    alert.created_at,
    printable(hostname, 255),
    "audit-overlay",
    String(processId),
    printable(alert.type, 32),
  ].join(" ");
  if (format === "cef") return Buffer.from(`${head} - ${cefMessage(alert, version, bytesMax - head.length - 3)}`);
  const start = `${head} ${structuredData(alert)} \ufeff`;
  return Buffer.from(start + cutBytes(inertText(alert.text, 4_000), bytesMax - Buffer.byteLength(start)));
}

/** All of it fits into half of the smallest size that receivers must take. */
function structuredData(alert: Alert): string {
  const { reason: _inTheSentence, ...fields } = alertFields(alert);
  const params = Object.entries(fields).map(
    // Quotes, backslashes and brackets are escaped after the cut, which must not come between an escape and what it escapes.
    ([name, value]) => `${name}="${cutBytes(inertText(value, 200), fieldBytesMax).replace(/["\\\]]/g, "\\$&")}"`,
  );
  return `[${dataId} ${params.join(" ")}]`;
}

/** Header fields: visible ASCII, no spaces. */
function printable(text: string, max: number): string {
  return text.replace(/[^!-~]/g, "").slice(0, max) || "-";
}
