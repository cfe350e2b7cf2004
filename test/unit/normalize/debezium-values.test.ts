import { describe, expect, test } from "vitest";
import { isUnavailable, toRawValue } from "../../../src/normalize/debezium-values.ts";

const named = (name: string, parameters?: Record<string, string>) => ({ type: "x", name, parameters });
const time = (name: string) => named(`io.debezium.time.${name}`);
const connect = (name: string) => named(`org.apache.kafka.connect.data.${name}`);

describe("a value by the name of its schema", () => {
  test.each([
    [time("Date"), 20_458, "2026-01-05"],
    [time("Date"), -1, "1969-12-31"],
    [time("Timestamp"), 1_767_605_400_000, "2026-01-05 09:30:00"],
    [time("Timestamp"), 1_767_605_400_120, "2026-01-05 09:30:00.120"],
    [time("Timestamp"), -1, "1969-12-31 23:59:59.999"],
    [time("MicroTimestamp"), 1_767_605_400_120_001, "2026-01-05 09:30:00.120001"],
    [time("NanoTimestamp"), "1767605400120001002", "2026-01-05 09:30:00.120001002"],
    // PostgreSQL's infinity.
    [time("MicroTimestamp"), "9223372036825200000", "9223372036825200000"],
    [time("Time"), 34_200_000, "09:30:00"],
    [time("MicroTime"), 34_200_000_001, "09:30:00.000001"],
    [time("MicroTime"), -3_020_399_000_000, "-838:59:59"],
    [time("NanoTime"), 34_200_000_000_000, "09:30:00"],
    [time("ZonedTimestamp"), "2026-01-05T09:30:00Z", "2026-01-05 09:30:00"],
    [time("ZonedTimestamp"), "2026-01-05T09:30:00.12+05:00", "2026-01-05T09:30:00.12+05:00"],
    [time("Year"), 2026, 2026],
    [connect("Date"), 20_458, "2026-01-05"],
    [connect("Timestamp"), 1_767_605_400_000, "2026-01-05 09:30:00"],
    [named("org.apache.kafka.connect.data.Decimal", { scale: "2" }), "BNI=", "12.34"],
    [named("org.apache.kafka.connect.data.Decimal", { scale: "2" }), "/w==", "-0.01"],
    [named("org.apache.kafka.connect.data.Decimal", { scale: "-2" }), "AQ==", "100"],
    [named("io.debezium.data.VariableScaleDecimal"), { scale: 3, value: "AQ==" }, "0.001"],
    [named("io.debezium.data.Bits"), "AQI=", Buffer.from([2, 1])],
    [named("io.debezium.data.Json"), '{"a":1}', '{"a":1}'],
    [named("io.debezium.data.Enum", { allowed: "A,B" }), "A", "A"],
    [
      named("io.debezium.data.geometry.Point"),
      { x: 1, y: 2, wkb: "AQ==", srid: 4326 },
      { bytes: Buffer.from([1]), type: "geometry", srid: 4326 },
    ],
    [{ type: "bytes" }, "AQI=", Buffer.from([1, 2])],
    [{ type: "array", items: { type: "int32" } }, [1, 2], "[1,2]"],
    [{ type: "double" }, 12.5, 12.5],
    [time("Date"), null, null],
    [undefined, { a: 1 }, '{"a":1}'],
    [undefined, "BNI=", "BNI="],
  ])("%j %j -> %j", (schema, value, expected) => {
    expect(toRawValue(value, schema as Record<string, unknown> | undefined)).toEqual(expected);
  });

  test.each([
    [time("Date"), "yesterday", "whole number"],
    [time("Timestamp"), 1.5, "whole number"],
    [time("ZonedTimestamp"), 5, "text"],
    [connect("Decimal"), "not base64!", "base64"],
    [named("org.apache.kafka.connect.data.Decimal", { scale: "1e9" }), "AQ==", "scale"],
    [named("io.debezium.data.VariableScaleDecimal"), 5, "object"],
    [named("io.debezium.data.geometry.Geometry"), "AQ==", "object"],
    [{ type: "bytes" }, 5, "text"],
  ])("%j %j is a fault", (schema, value, message) => {
    expect(() => toRawValue(value, schema)).toThrow(message);
  });
});

test.each([
  ["__debezium_unavailable_value", true],
  ["X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ==", true],
  [["__debezium_unavailable_value"], true],
  ["__debezium", false],
  [[], false],
  [null, false],
])("%j is in the place of a value that was not logged: %s", (value, expected) => {
  expect(isUnavailable(value)).toBe(expected);
});
