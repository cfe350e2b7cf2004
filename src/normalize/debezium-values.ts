// normalize: a column's value as Debezium writes it in JSON, and its schema -> the value as capture would hand it on. Pure.
// Times become the database's text in UTC, decimals their digits, bytes a Buffer. What has no schema is taken as it is.
import type { RawBytes } from "../model/raw-transaction.ts";
import { isObject, type PlainObject } from "./debezium-envelope.ts";

/** A value that its own schema says it cannot be. */
export class FaultyValue extends Error {}

const unavailable = "__debezium_unavailable_value";
/** As text, as bytes in base64 and in hexadecimal. */
const unavailableForms: ReadonlySet<unknown> = new Set([
  unavailable,
  Buffer.from(unavailable).toString("base64"),
  Buffer.from(unavailable).toString("hex"),
]);

/** The database did not log the value (PostgreSQL, TOAST): Debezium puts a word in its place, which is no value. */
export function isUnavailable(value: unknown): boolean {
  return unavailableForms.has(Array.isArray(value) && value.length === 1 ? value[0] : value);
}

/** @throws FaultyValue */
export function toRawValue(value: unknown, schema: PlainObject | undefined): unknown {
  if (value === null || value === undefined) return null;
  const named = schema && typeof schema["name"] === "string" ? readers[schema["name"]] : undefined;
  if (schema && named) return named(value, schema);
  if (schema?.["type"] === "bytes") return bytesOf(value);
  return asSent(value);
}

function asSent(value: unknown): unknown {
  return typeof value === "object" ? JSON.stringify(value) : value;
}

type Reader = (value: unknown, schema: PlainObject) => unknown;

/** Times since the epoch, in units of 1/10^digits seconds. */
const instant =
  (digits: number): Reader =>
  (value) => {
    const units = integerOf(value);
    const perSecond = 10n ** BigInt(digits);
    const seconds = floorDivide(units, perSecond);
    const day = dateText(seconds);
    // PostgreSQL's `infinity`, for one, is no day of a calendar.
    if (day === undefined) return String(units);
    return `${day.replace("T", " ")}${fractionText(units - seconds * perSecond, digits)}`;
  };

/** Times of the day, and MySQL's TIME, which may be negative or longer than a day. */
const clock =
  (digits: number): Reader =>
  (value) => {
    const units = integerOf(value);
    const perSecond = 10n ** BigInt(digits);
    const size = units < 0n ? -units : units;
    const seconds = size / perSecond;
    const parts = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n].map((part) => String(part).padStart(2, "0"));
    return `${units < 0n ? "-" : ""}${parts.join(":")}${fractionText(size % perSecond, digits)}`;
  };

const date: Reader = (value) => {
  const days = integerOf(value);
  return dateText(days * 86_400n)?.slice(0, 10) ?? String(days);
};

/** `2026-01-05T09:30:00Z` as the database's own text; one with another offset stays as it is. */
const zoned: Reader = (value) => {
  const written = textOf(value);
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:\d\d)?(\.\d+)?Z$/.exec(written);
  return match === null ? written : `${match[1]} ${match[2]}${match[3] ?? ":00"}${match[4] ?? ""}`;
};

const decimal: Reader = (value, { parameters }) => {
  const scale = Number(isObject(parameters) ? (parameters["scale"] ?? 0) : 0);
  return decimalText(bytesOf(value), scale);
};

const variableDecimal: Reader = (value) => {
  if (!isObject(value)) throw new FaultyValue("must be an object of scale and value");
  return decimalText(bytesOf(value["value"]), Number(integerOf(value["scale"])));
};

/** The lowest bits first; the trail has the highest first, as the servers write them. */
const bits: Reader = (value) => Buffer.from(bytesOf(value).toReversed());

const geometry: Reader = (value) => {
  if (!isObject(value)) throw new FaultyValue("must be an object of wkb and srid");
  const { wkb, srid } = value;
  if (wkb === undefined || wkb === null) return asSent(value);
  const raw: RawBytes = { bytes: bytesOf(wkb), type: "geometry" };
  if (typeof srid === "number") raw.srid = srid;
  return raw;
};

const readers: Readonly<Partial<Record<string, Reader>>> = {
  "io.debezium.time.Date": date,
  "io.debezium.time.Time": clock(3),
  "io.debezium.time.MicroTime": clock(6),
  "io.debezium.time.NanoTime": clock(9),
  "io.debezium.time.Timestamp": instant(3),
  "io.debezium.time.MicroTimestamp": instant(6),
  "io.debezium.time.NanoTimestamp": instant(9),
  "io.debezium.time.ZonedTimestamp": zoned,
  "org.apache.kafka.connect.data.Date": date,
  "org.apache.kafka.connect.data.Time": clock(3),
  "org.apache.kafka.connect.data.Timestamp": instant(3),
  "org.apache.kafka.connect.data.Decimal": decimal,
  "io.debezium.data.VariableScaleDecimal": variableDecimal,
  "io.debezium.data.Bits": bits,
  "io.debezium.data.geometry.Geometry": geometry,
  "io.debezium.data.geometry.Geography": geometry,
  "io.debezium.data.geometry.Point": geometry,
};

function integerOf(value: unknown): bigint {
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === "string" && /^-?\d{1,24}$/.test(value)) return BigInt(value);
  throw new FaultyValue("must be a whole number, as its schema says");
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  throw new FaultyValue("must be a text, as its schema says");
}

function bytesOf(value: unknown): Buffer {
  const written = textOf(value);
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(written)) throw new FaultyValue("must be bytes in base64, as its schema says");
  return Buffer.from(written, "base64");
}

/** More digits than any database has. */
const scaleMax = 10_000;

/** Unscaled value in two's complement, the highest byte first. */
function decimalText(bytes: Buffer, scale: number): string {
  if (!Number.isInteger(scale) || Math.abs(scale) > scaleMax || bytes.length > scaleMax)
    throw new FaultyValue("has a scale that no decimal has");
  const size = bytes.length === 0 ? 0n : BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString("hex")}`));
  const sign = size < 0n ? "-" : "";
  const all = String(size < 0n ? -size : size);
  if (scale <= 0) return size === 0n ? "0" : `${sign}${all}${"0".repeat(-scale)}`;
  const padded = all.padStart(scale + 1, "0");
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}

/** Undefined beyond the years 0 to 9999. */
function dateText(seconds: bigint): string | undefined {
  const at = new Date(Number(seconds) * 1000);
  if (Number.isNaN(at.getTime())) return undefined;
  const written = at.toISOString();
  return /^\d{4}-/.test(written) ? written.slice(0, 19) : undefined;
}

/** None for whole seconds; else three, six or nine digits, as many as it takes. */
function fractionText(units: bigint, digits: number): string {
  if (units === 0n) return "";
  const padded = String(units).padStart(digits, "0");
  return `.${padded.replace(/(000)+$/, "")}`;
}
