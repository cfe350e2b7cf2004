// serve/cli: `auditctl export`. Events of a time as CSV, NDJSON or Parquet, to standard output or to a file with a manifest.
import { Command, Option } from "clipanion";
import { AppError, exitStatus } from "../../model/app-error.ts";
import { parseExportInput } from "../export/export-input.ts";
import { createExport, type ExportFormat, exportFormats, type ExportStream } from "../export/event-stream.ts";
import { type KnownNames, meantEntityType, meantEvents } from "../export/export-types.ts";
import { writeExportFile } from "../export/write-file.ts";
import { eventFlags, type Filters, filtersOf } from "./event-filter-flags.ts";
import { createProgress, type Progress } from "./progress.ts";
import { RangeCommand } from "./question-command.ts";
import { printable } from "./terminal.ts";
import { writeTo } from "./write-to.ts";
import { stopOnSignal } from "./stop-on-signal.ts";

export class ExportCommand extends RangeCommand {
  static override paths = [["export"]];
  static override usage = Command.Usage({
    description: "Export events as CSV, NDJSON or Parquet, of any number: memory stays flat.",
    details:
      "The export is of the trail as it was when it began. A file gets its name only when it is whole, and a manifest beside it: " +
      "filters, number of events, SHA-256, coverage, and the head of the ledger, which `verify --anchor` takes. CSV makes text " +
      "that a spreadsheet would run as a formula harmless with a leading apostrophe, numbers excepted; `--raw-cells` leaves it. " +
      "The payload of one type of events stands in columns, that of several in one column as JSON.",
    examples: [
      [
        "The sales of a month, for a spreadsheet",
        "auditctl export --format csv --type sale.completed --start 2026-01-01 --end 2026-01-31 --out sales.csv",
      ],
      ["Everything about sales, for a program", "auditctl export --format ndjson --type sales"],
      [
        "Row changes of a table, for analysis",
        "auditctl export --format parquet --table inventory --out inventory.parquet",
      ],
    ],
  });

  format = Option.String("--format", {
    description: `${exportFormats.join(", ")}. Without it: by the ending of --out, else csv.`,
  });
  out = Option.String("-o,--out", { description: "File to write; without it, standard output." });
  force = Option.Boolean("--force", false, { description: "Replace the file when it is there." });
  rawCells = Option.Boolean("--raw-cells", false, {
    description: "CSV: leave text that looks like a formula as it is.",
  });
  changes = eventFlags.changes();
  type = Option.String("--type", {
    description: "Types, separated by commas: `sale.completed`, `sale.*`, or what they are about, such as `sales`.",
  });
  entityType = eventFlags.entityType();
  entityId = eventFlags.entityId();
  actor = eventFlags.actor();
  table = eventFlags.table();
  operation = eventFlags.operation();

  protected override async run(): Promise<number> {
    const format = this.chooseFormat();
    const { stdout, stderr } = this.context;
    const isTerminal = this.out === undefined && (stdout as NodeJS.WriteStream).isTTY;
    if (isTerminal && format === "parquet") {
      throw new AppError("usage.argument", "Parquet is binary and would garble a terminal", {
        hint: "Give --out FILE.",
      });
    }
    const { voice } = this;
    const progress = createProgress(voice.words.export.progress, "%", stderr, !this.json && !isTerminal);
    const source = await this.openSource(format, progress);
    using _ = source;
    if (this.out === undefined) {
      for await (const chunk of source.chunks) await writeTo(stdout, isTerminal ? inertText(chunk) : chunk);
      progress.stop();
      return 0;
    }
    using stop = stopOnSignal();
    try {
      const written = await writeExportFile(this.out, source, { force: this.force, signal: stop.signal });
      progress.stop();
      this.showWritten(written, source);
      return 0;
    } catch (error) {
      if (!stop.signal.aborted) throw error;
      progress.stop();
      stderr.write(`${voice.words.export.interrupted}\n`);
      return exitStatus.failure;
    } finally {
      progress.stop();
    }
  }

  private showWritten(written: { file: string; manifest_file: string }, source: ExportStream): void {
    const manifest = source.manifest();
    if (manifest === undefined) return;
    if (this.json) {
      this.printJson({ ...written, manifest });
      return;
    }
    const { words, count, number } = this.voice;
    const events = manifest.events === null ? words.count.event[1] : count(manifest.events, words.count.event);
    this.print(words.export.written(events, written.file, number(manifest.bytes)));
    this.print(words.export.sha256(manifest.sha256));
    this.print(words.export.manifest(written.manifest_file));
  }

  private async openSource(format: ExportFormat, progress: Progress): Promise<ExportStream & Disposable> {
    const range = this.range();
    const service = this.remoteService();
    if (service !== undefined) {
      const { openRemoteExport } = await import("../export/remote-export.ts");
      const raw_cells = String(this.rawCells);
      return await openRemoteExport(service, (known) => ({ format, ...this.meant(known), ...range, raw_cells }));
    }
    const reader = await this.openReader();
    try {
      const known = { entity_types: reader.entityTypes(), business_event_types: reader.businessEventsByType() };
      const raw_cells = String(this.rawCells);
      const asked = { format, ...this.meant(known), ...range, raw_cells };
      const onProgress = (done: number): void => progress.update(Math.round(done * 100), 100);
      // Recorded when it begins: who stops it in the middle has read the half.
      const stream = await this.recorded("export", asked, async () =>
        Promise.resolve(createExport(reader, { ...parseExportInput(asked), onProgress })),
      );
      return { ...stream, [Symbol.dispose]: () => reader[Symbol.dispose]() };
    } catch (error) {
      reader[Symbol.dispose]();
      throw error;
    }
  }

  /** @throws usage.argument for a type that the trail does not know */
  private meant(known: KnownNames): Filters {
    const { changes, entityType, entityId, actor, table, operation } = this;
    const filters = filtersOf({ changes, type: undefined, entityType, entityId, actor, table, operation });
    if (this.type === undefined) return filters;
    if (filters.kind === "change_event") return { ...filters, entity_type: meantEntityType(this.type, known) };
    return {
      ...filters,
      ...meantEvents(
        this.type.split(",").map((name) => name.trim()),
        known,
      ),
    };
  }

  /** @throws usage.argument */
  private chooseFormat(): ExportFormat {
    const ending = /\.([a-z]+)$/i.exec(this.out ?? "")?.[1]?.toLowerCase();
    const asked = this.format ?? exportFormats.find((known) => known === ending) ?? "csv";
    const format = exportFormats.find((known) => known === asked);
    if (format !== undefined) return format;
    throw new AppError("usage.argument", `--format ${asked}: must be one of ${exportFormats.join(", ")}`, {
      hint: "For example --format csv",
    });
  }
}

/** CSV may hold what moves a cursor; on a terminal it is spelled out. */
function inertText(chunk: Uint8Array): string {
  const lines = Buffer.from(chunk).toString().split("\n");
  return lines.map((line) => printable(line.replace(/\r$/, ""), Number.POSITIVE_INFINITY)).join("\n");
}
