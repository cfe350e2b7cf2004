// pipeline: a rule pack -> the result of each example in it. An example's rows go the way of rows from the log: normalize,
// then infer, with the mapping and masks of the pack.
import { isDeepStrictEqual } from "node:util";
import { createChangeHistory } from "../infer/change-history.ts";
import { compileRules } from "../infer/compile-rules.ts";
import type { RuleFailure } from "../infer/rule-failure.ts";
import type { RulePack } from "../infer/rule-pack.ts";
import type { ExampleChange, RuleExample } from "../infer/rule-schema.ts";
import type { JsonValue } from "../lib/canonical-json.ts";
import { toTimestamp } from "../lib/clock.ts";
import type { BusinessEvent } from "../model/business-event.ts";
import type { ChangeEvent } from "../model/change-event.ts";
import type { EntityMapping } from "../model/entity-mapping.ts";
import type { RawRow, RawRowChange } from "../model/raw-transaction.ts";
import { normalizeTransaction } from "../normalize/change-events.ts";

export interface ExampleResult {
  pack: string;
  rule: string;
  example: string;
  ok: boolean;
  /** What is not as the example says. */
  differences: string[];
  /** Expressions that could not be evaluated for a row. */
  notes: string[];
}

type ExpectedEvent = RuleExample["events"][number];

export function runExamples(pack: RulePack): ExampleResult[] {
  return pack.rules.flatMap((rule) => {
    const failures: RuleFailure[] = [];
    // Alone: an example says what its own rule makes of the changes.
    const compiled = compileRules([{ ...pack, rules: [rule] }], (failure) => failures.push(failure));
    return rule.examples.map((example) => {
      failures.length = 0;
      const history = createChangeHistory(compiled.preceding);
      const transactions = [...example.earlier, example.changes].map((changes, index) =>
        toChangeEvents(changes, index, pack.database ?? "example", compiled.mapping),
      );
      let events: BusinessEvent[] = [];
      for (const changes of transactions) {
        events = compiled.infer(changes, history);
        history.add(changes);
      }
      const differences = compare(example.events, events);
      const notes = failures.map(({ part, message }) => `${part}: ${message}`);
      const result = { pack: pack.pack, rule: rule.name, example: example.name };
      return { ...result, ok: differences.length === 0, differences, notes: [...new Set(notes)] };
    });
  });
}

/** Transactions of an example are a second apart. */
function toChangeEvents(
  changes: readonly ExampleChange[],
  index: number,
  database: string,
  mapping: EntityMapping,
): ChangeEvent[] {
  const timestamp = toTimestamp(Date.UTC(2026, 0, 1) + index * 1_000);
  const events = changes.map(({ table, operation, before, after }): RawRowChange => {
    const columns = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
    return {
      kind: "row",
      operation,
      table: {
        database,
        table,
        columns: columns.map((name) => ({ name, sqlType: "", charset: null })),
        primaryKey: mapping(database, table)?.id_columns ?? [],
      },
      before: toRawRow(before),
      after: toRawRow(after),
    };
  });
  const transaction = { gtid: `example:${index}`, timestamp, receivedAt: timestamp, connectionId: null, firstSeq: 0 };
  return normalizeTransaction({ ...transaction, events }, mapping);
}

function toRawRow(row: Record<string, JsonValue> | undefined): RawRow | null {
  if (row === undefined) return null;
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, toRawValue(value)]));
}

/** As the log gives them: binary columns are bytes, JSON columns are text. */
function toRawValue(value: JsonValue): unknown {
  if (value === null || typeof value !== "object") return value;
  const hex = Array.isArray(value) ? undefined : value["$hex"];
  return typeof hex === "string" ? Buffer.from(hex, "hex") : JSON.stringify(value);
}

function compare(expected: readonly ExpectedEvent[], actual: readonly BusinessEvent[]): string[] {
  const differences: string[] = [];
  if (expected.length !== actual.length) {
    const ids = actual.map(({ entity_id }) => entity_id).join(", ");
    const found = actual.length === 0 ? "gives none" : `gives ${actual.length}, of entity ${ids}`;
    differences.push(`the example expects ${expected.length} of its events, the rule ${found}`);
  }
  for (const [index, event] of expected.entries()) {
    const found = actual[index];
    if (found === undefined) continue;
    const check = (what: string, wanted: JsonValue, given: JsonValue): void => {
      if (isDeepStrictEqual(plain(wanted), plain(given))) return;
      differences.push(`event ${index + 1}: ${what} is ${JSON.stringify(given)}, expected ${JSON.stringify(wanted)}`);
    };
    check("entity_id", event.entity_id, found.entity_id);
    for (const [field, wanted] of Object.entries(event.payload ?? {})) {
      check(`payload.${field}`, wanted, found.payload[field] ?? null);
    }
  }
  return differences;
}

/** The same JSON, whatever its objects' prototypes. */
function plain(value: JsonValue): unknown {
  return JSON.parse(JSON.stringify(value));
}
