// serve/export: what `GET /v1/export` takes, as a zod schema: which events, in which format. Gives an ExportRequest.
import { z } from "zod";
import { AppError } from "../../model/app-error.ts";
import { eventFilter, questions } from "../../model/question.ts";
import { exportFormats, type ExportRequest } from "./event-stream.ts";

export const exportPath = "/v1/export";
/** Of the response: `<entry_id>:<hash>`, the newest entry of the ledger that the export reads, as `verify --anchor` takes it. */
export const exportHeadHeader = "x-ledger-head";

export const exportInputSchema = z.strictObject({
  format: z.enum(exportFormats).default("csv"),
  ...eventFilter,
  from: questions.events.input.shape.from,
  to: questions.events.input.shape.to,
  raw_cells: z
    .stringbool()
    .default(false)
    .describe("CSV: leave text that a spreadsheet would run as a formula as it is."),
});
export type ExportInput = z.input<typeof exportInputSchema>;

/** @throws usage.query with every mistake, each with its parameter */
export function parseExportInput(input: unknown): ExportRequest {
  const parsed = exportInputSchema.safeParse(input);
  if (parsed.success) {
    const { format, raw_cells, ...range } = parsed.data;
    return { format, range, rawCells: raw_cells };
  }
  const details = parsed.error.issues.map(({ path, message }) => [path.join("."), message].filter(Boolean).join(": "));
  throw new AppError("usage.query", `export: ${details[0]}`, {
    hint: `export takes: ${Object.keys(exportInputSchema.shape).join(", ")}.`,
    details,
  });
}
