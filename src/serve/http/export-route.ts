// serve/http: GET /v1/export, the events of a time as CSV, NDJSON or Parquet. Takes what `auditctl export` takes, and streams.
import type { Hono } from "hono";
import { AppError, errorFields } from "../../model/app-error.ts";
import { openStoreReader } from "../../store/open-store.ts";
import { createExport, exportContentTypes } from "../export/event-stream.ts";
import { exportHeadHeader, exportInputSchema, exportPath, parseExportInput } from "../export/export-input.ts";
import { type ErrorLog, methodNotAllowed } from "./error-response.ts";
import { readQuery } from "./question-input.ts";
import type { Readings } from "./reading.ts";
import { toResponseStream } from "./response-stream.ts";
import type { Admit, ServiceEnv } from "./service-request.ts";

interface ExportRouteOptions {
  storePath: string;
  admit: Admit;
  readings: Readings;
  log: ErrorLog;
}

/** At once; each holds a page in memory and takes its turns on this thread. */
const exportsMax = 4;

export function addExportRoute(app: Hono<ServiceEnv>, { storePath, admit, readings, log }: ExportRouteOptions): void {
  let running = 0;
  app.get(exportPath, async (context) => {
    if (context.req.method === "HEAD") return methodNotAllowed("GET")();
    await admit(context, "export", "export");
    const input = readQuery(context, exportInputSchema.shape);
    return await readings.record(context, "export", input, async () => {
      const request = parseExportInput(input);
      if (running >= exportsMax) {
        throw new AppError("service.busy", `${running} exports run already`, { hint: "Try again when one has ended." });
      }
      const reader = openStoreReader(storePath);
      let events = 0;
      const end = (): void => {
        running -= 1;
        reader[Symbol.dispose]();
        readings.note(context, "export", input, events);
      };
      running += 1;
      try {
        const { chunks, head } = createExport(reader, { ...request, onProgress: (_done, soFar) => (events = soFar) });
        const body = toResponseStream(logFaults(chunks, log), end);
        return context.body(body, 200, {
          "content-type": exportContentTypes[request.format],
          [exportHeadHeader]: `${head.entry_id}:${head.hash}`,
          "content-disposition": `attachment; filename="events.${request.format}"`,
        });
      } catch (error) {
        end();
        throw error;
      }
    });
  });
  app.all(exportPath, methodNotAllowed("GET"));
}

/** The status has been sent: the connection breaks off, so that nobody takes what came for the whole. */
async function* logFaults<T>(pieces: AsyncIterable<T>, log: ErrorLog): AsyncGenerator<T> {
  try {
    yield* pieces;
  } catch (error) {
    log.error(errorFields(error), "an export broke off");
    throw error;
  }
}
