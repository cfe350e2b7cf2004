// serve/export: pages of events -> the bytes of a Parquet file, a row group at a time. Memory holds one row group.
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { JsonValue } from "../../lib/canonical-json.ts";
import type { ExportedEvent } from "../../store/event-export.ts";
import type { ExportColumn } from "./export-columns.ts";

/** A row group ends with the page that reaches this many rows. */
const groupRows = 20_000;

type Schema = ConstructorParameters<typeof ParquetWriter>[0]["schema"];

const elements = {
  text: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  name: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  json: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  number: { type: "DOUBLE" },
  time: { type: "INT64", converted_type: "TIMESTAMP_MICROS" },
} as const;

export async function* parquetChunks(
  pages: AsyncIterable<readonly ExportedEvent[]>,
  columns: readonly ExportColumn[],
): AsyncGenerator<Uint8Array> {
  const writer = new ByteWriter();
  const schema: Schema = [
    { name: "event", num_children: columns.length },
    ...columns.map(({ name, holds }) => ({ name, repetition_type: "OPTIONAL" as const, ...elements[holds] })),
  ];
  const file = new ParquetWriter({ writer, schema, createdBy: "audit-overlay" });
  let group: ExportedEvent[] = [];
  const writeGroup = (): void => {
    const columnData = columns.map((column) => ({
      name: column.name,
      data: group.map((event) => toCell(column, event)),
    }));
    // Into memory: this writer never gives a promise.
    void file.write({ columnData, rowGroupSize: group.length });
    group = [];
  };
  for await (const events of pages) {
    group.push(...events);
    if (group.length < groupRows) continue;
    writeGroup();
    yield takeBytes(writer);
  }
  if (group.length > 0) writeGroup();
  void file.finish();
  yield takeBytes(writer);
}

/** What is written so far; the writer goes on counting from there. */
function takeBytes(writer: ByteWriter): Uint8Array {
  const bytes = writer.getBytes().slice();
  writer.index = 0;
  return bytes;
}

function toCell({ of, holds }: ExportColumn, event: ExportedEvent): string | number | bigint | null {
  const value = of(event);
  if (value === null) return null;
  if (holds === "number") return Number(value);
  if (holds === "time") return toMicros(asText(value));
  return asText(value);
}

function asText(value: JsonValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** `2026-01-05T09:31:12.350001Z` -> microseconds since 1970; null of a time that is none. */
function toMicros(time: string): bigint | null {
  const ms = Date.parse(`${time.slice(0, 19)}Z`);
  return Number.isNaN(ms) ? null : BigInt(ms) * 1_000n + BigInt(time.slice(20, 26).padEnd(6, "0").replace(/\D.*/, "0"));
}
