// alert: an alert -> the few fields of it that go beside the sentence where there is no JSON: name, and value as text.
import type { JsonObject, JsonValue } from "../lib/canonical-json.ts";
import type { Alert } from "../model/alert.ts";

export interface AlertFields {
  id: string;
  type: string;
  severity: string;
  entry?: string;
  state?: string;
  anomaly_id?: string;
  kind?: string;
  entity_type?: string;
  entity_id?: string;
  actor?: string;
  reason?: string;
  from?: string;
  to?: string;
}

export function alertFields({ message_id, type, severity, data }: Alert): AlertFields {
  const anomaly = asObject(data["anomaly"]);
  const fields: Record<string, JsonValue | undefined> = {
    entry: data["entry_id"],
    state: data["state"] ?? asObject(data["mark"])["state"] ?? anomaly["state"],
    anomaly_id: anomaly["anomaly_id"],
    kind: anomaly["kind"],
    entity_type: anomaly["entity_type"],
    entity_id: anomaly["entity_id"],
    actor: asObject(anomaly["actor"])["id"],
    reason: anomaly["reason"] ?? data["reason"],
    from: anomaly["from"] ?? data["from"],
    to: anomaly["to"] ?? data["to"],
  };
  const given = Object.entries(fields).flatMap(([name, value]) =>
    typeof value === "string" || typeof value === "number" ? [[name, String(value)] as const] : [],
  );
  return { id: message_id, type, severity, ...Object.fromEntries(given) };
}

function asObject(value: JsonValue | undefined): JsonObject {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
}
