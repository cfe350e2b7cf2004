// serve/export: a store and which events -> a stream of CSV, NDJSON or Parquet, with its manifest at the end. Memory stays flat
// whatever the number of events: a page is read when the one before has been taken.
import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { toTimestamp } from "../../lib/clock.ts";
import { inertJson } from "../../lib/inert-json.ts";
import { packageVersion } from "../../lib/package-root.ts";
import type { Coverage } from "../../model/trace.ts";
import { type EventExport, type ExportPage, type ExportRange, toListedEvent } from "../../store/event-export.ts";
import type { StoreReader } from "../../store/store-reader.ts";
import { csvTable } from "./csv.ts";
import { columnsOf, type ExportColumn } from "./export-columns.ts";

export const exportFormats = ["csv", "ndjson", "parquet"] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** For a response over HTTP. */
export const exportContentTypes: Record<ExportFormat, string> = {
  csv: "text/csv; charset=utf-8; header=present",
  ndjson: "application/x-ndjson",
  parquet: "application/vnd.apache.parquet",
};

export interface ExportRequest {
  format: ExportFormat;
  /** Whether row changes are named is for the format to say. */
  range: Omit<ExportRange, "lineage">;
  /** CSV: leave text that a spreadsheet would run as a formula as it is. */
  rawCells?: boolean | undefined;
  /** Called after each page with the part that is done, 0 to 1, and the events so far. */
  onProgress?: ((done: number, events: number) => void) | undefined;
}

/** What an export is, for whoever is given it. */
export interface ExportManifest {
  format: ExportFormat;
  filters: Omit<ExportRange, "lineage">;
  /** null of a service elsewhere, which sends them without counting. */
  events: number | null;
  bytes: number;
  sha256: string;
  made_at: string;
  made_by: string;
  /** Newest ledger entry when it began: `auditctl verify --anchor <entry_id>:<hash>` proves the trail still runs through it. null of a service that did not tell. */
  head: { entry_id: number; hash: string } | null;
  coverage: Coverage | null;
}

export interface ExportStream {
  /** To be read once, to the end. */
  chunks: AsyncIterable<Uint8Array>;
  /** After the last chunk; undefined before. */
  manifest(): ExportManifest | undefined;
}

/** The head is known before the first chunk. */
export function createExport(reader: StoreReader, request: ExportRequest): ExportStream & Pick<EventExport, "head"> {
  const { format, rawCells = false, onProgress } = request;
  // CSV leaves the ids of row changes out: a list of them is no cell, and finding them takes half of all the time.
  const range: ExportRange = { ...request.range, lineage: format !== "csv" };
  const found = reader.exportEvents(range);
  const columns = columnsOf(range, found);
  let events = 0;
  let manifest: ExportManifest | undefined;

  async function* walk<Event>(pages: Iterable<ExportPage<Event>>): AsyncGenerator<readonly Event[]> {
    for (const page of pages) {
      events += page.events.length;
      yield page.events;
      onProgress?.(page.done, events);
      // Others of this thread come between two pages.
      await setImmediate();
    }
  }

  async function* chunks(): AsyncGenerator<Uint8Array> {
    const digest = createHash("sha256");
    let bytes = 0;
    for await (const chunk of encoders[format](found, walk, columns, { rawCells })) {
      const binary = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
      digest.update(binary);
      bytes += binary.length;
      yield binary;
    }
    manifest = describe(request, found, { events, bytes, sha256: digest.digest("hex") });
  }
  return { chunks: chunks(), manifest: () => manifest, head: found.head };
}

type Encoder = (
  found: EventExport,
  walk: <Event>(pages: Iterable<ExportPage<Event>>) => AsyncIterable<readonly Event[]>,
  columns: readonly ExportColumn[],
  options: { rawCells: boolean },
) => AsyncIterable<string | Uint8Array>;

const encoders: Record<ExportFormat, Encoder> = {
  async *csv(found, walk, columns, options) {
    const { header, parts, line } = csvTable(columns, options);
    yield header;
    for await (const rows of walk(found.csvPages(parts))) {
      let text = "";
      for (const row of rows) text += line(row);
      yield text;
    }
  },
  async *ndjson(found, walk) {
    for await (const events of walk(found.pages()))
      yield events.map((event) => `${inertJson(toListedEvent(event))}\n`).join("");
  },
  async *parquet(found, walk, columns) {
    // Its library is half of what a command would load before its first word.
    const { parquetChunks } = await import("./parquet.ts");
    yield* parquetChunks(walk(found.pages()), columns);
  },
};

function describe(
  { format, range }: ExportRequest,
  { head, coverage }: EventExport,
  written: { events: number; bytes: number; sha256: string },
): ExportManifest {
  return {
    format,
    filters: range,
    ...written,
    made_at: toTimestamp(Date.now()),
    made_by: `audit-overlay ${packageVersion}`,
    head,
    coverage,
  };
}
