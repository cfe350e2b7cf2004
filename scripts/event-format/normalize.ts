// What differs from run to run → what the document says in its place: ids counted, one source, commits a second apart.
import type { JsonObject, JsonValue } from "../../src/lib/canonical-json.ts";
import type { Flavor } from "../../src/model/capture-state.ts";

const idKeys = new Set(["event_id", "business_event_id", "change_event_ids", "business_event_ids"]);
const source = { mysql: "3e11fa47-71ca-11e1-9e33-c80aa9429562:", mariadb: "0-1-" };
const firstCommitMs = Date.parse("2026-01-05T14:30:00Z");

/** Remembers what it has met: the same id is the same wherever it stands. */
export function createNormalizer(database: string, flavor: Flavor): <T>(value: T) => T {
  const ids = new Map<string, string>();
  const transactions = new Map<string, number>();
  const idOf = (id: string): string => {
    if (!ids.has(id)) ids.set(id, `00000000-0000-5000-8000-${String(ids.size + 1).padStart(12, "0")}`);
    return ids.get(id) ?? "";
  };
  const orderOf = (transaction: string): number => {
    if (!transactions.has(transaction)) transactions.set(transaction, transactions.size + 1);
    return transactions.get(transaction) ?? 0;
  };
  const clean = (value: JsonValue, key: string): JsonValue => {
    if (Array.isArray(value)) return value.map((item) => clean(item, key));
    if (typeof value === "string") return idKeys.has(key) ? idOf(value) : value.replaceAll(database, "shop");
    return value !== null && typeof value === "object" ? cleanObject(value) : value;
  };
  const cleanObject = (object: JsonObject): JsonObject => {
    const order = typeof object["transaction_id"] === "string" ? orderOf(object["transaction_id"]) : 0;
    return Object.fromEntries(
      Object.entries(object)
        .filter(([key]) => key !== "coverage")
        .map(([key, value]) => {
          if (key === "transaction_id") return [key, `${source[flavor]}${order}`];
          if (key !== "timestamp") return [key, clean(value, key)];
          return [key, new Date(firstCommitMs + order * 1_000).toISOString().replace("Z", "000Z")];
        }),
    );
  };
  return <T>(value: T): T => clean(value as JsonValue, "") as T;
}
