// alert: an alert -> ArcSight's Common Event Format, version 0, in one line.
import { inertText } from "../lib/inert-text.ts";
import type { Alert } from "../model/alert.ts";
import { alertFields, type AlertFields } from "./alert-fields.ts";
import { cutBytes } from "./cut-bytes.ts";

/** 0 to 10 */
const severities = { high: 9, medium: 6, low: 3 } as const;

/** Custom strings of CEF with what each means here. */
const customStrings = ["kind", "entity_type", "entity_id", "anomaly_id", "state", "entry"] as const;

export function cefMessage(alert: Alert, version: string, bytesMax: number): string {
  const head = [
    "CEF:0",
    "audit-overlay",
    "audit-overlay",
    headerValue(version, 60),
    headerValue(alert.type, 60),
    headerValue(alert.type.replaceAll(/[._]/g, " "), 60),
    String(severities[alert.severity]),
  ].join("|");
  let line = `${head}|`;
  const extension = extensionOf(alert);
  for (const [index, [key, value]] of extension.entries()) {
    const start = `${index === 0 ? "" : " "}${key}=`;
    // An escape is never cut in two: the text is cut, then escaped, with room for as many escapes as it could need.
    const room = bytesMax - Buffer.byteLength(line) - Buffer.byteLength(start);
    const escaped = extensionValue(cutEscaped(value, room));
    if (escaped === "") continue;
    line += start + escaped;
  }
  return line;
}

/** What matters most comes first: a receiver with little room cuts the end. The sentence is last for the same reason. */
function extensionOf(alert: Alert): [string, string][] {
  const fields = alertFields(alert);
  const at = Date.parse(alert.created_at);
  const custom = customStrings.flatMap((name, index): [string, string][] => {
    const value = fields[name as keyof AlertFields];
    return value === undefined
      ? []
      : [
          [`cs${index + 1}`, value],
          [`cs${index + 1}Label`, name],
        ];
  });
  const times: [string, string][] = (["from", "to"] as const).flatMap((name) => {
    const ms = Date.parse(fields[name] ?? "");
    return Number.isNaN(ms) ? [] : [[name === "from" ? "start" : "end", String(ms)] as [string, string]];
  });
  return [
    ["externalId", fields.id],
    ["rt", String(at)],
    ["cat", fields.type.split(".")[0] ?? fields.type],
    ...times,
    ...(fields.actor === undefined ? [] : ([["suser", fields.actor]] satisfies [string, string][])),
    ...custom.map(([key, value]): [string, string] => [key, cutBytes(value, 200)]),
    ["msg", alert.text],
  ];
}

function cutEscaped(value: string, bytesMax: number): string {
  const inert = inertText(value, 4_000);
  const cut = cutBytes(inert, bytesMax);
  return Buffer.byteLength(extensionValue(cut)) <= bytesMax ? cut : cutBytes(inert, Math.floor(bytesMax / 2));
}

/** In the header pipes and backslashes are escaped; line breaks cannot be there. */
function headerValue(text: string, max: number): string {
  return inertText(text, max).replace(/[\\|]/g, "\\$&");
}

/** In the extension equals signs and backslashes are; a pipe stands for itself. */
function extensionValue(text: string): string {
  return text.replace(/[\\=]/g, "\\$&");
}
