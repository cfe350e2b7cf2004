// serve/export: an export of a running service -> the same stream as of a store here. Its manifest says what this side can know.
import { createHash } from "node:crypto";
import { toTimestamp } from "../../lib/clock.ts";
import { packageVersion } from "../../lib/package-root.ts";
import { requestPath } from "../http/question-path.ts";
import { createRemoteAnswerer } from "../remote-answerer.ts";
import { type RemoteService, requestService } from "../remote-service.ts";
import type { ExportManifest, ExportStream } from "./event-stream.ts";
import { exportHeadHeader, type ExportInput, exportPath, parseExportInput } from "./export-input.ts";
import type { KnownNames } from "./export-types.ts";

/** @param input told the names that the service's trail knows @throws what the service answers */
export async function openRemoteExport(
  service: RemoteService,
  input: (known: KnownNames) => ExportInput,
): Promise<ExportStream & Disposable> {
  await using answerer = createRemoteAnswerer(service);
  const asked = input(await answerer.ask("entity_types", {}));
  const { format, range } = parseExportInput(asked);
  const { coverage } = await answerer.ask("coverage", {});
  const closing = new AbortController();
  const response = await requestService(service, requestPath(exportPath, asked), closing.signal);
  let manifest: ExportManifest | undefined;

  async function* chunks(): AsyncGenerator<Uint8Array> {
    const digest = createHash("sha256");
    let bytes = 0;
    for await (const chunk of response.body ?? []) {
      digest.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
    const made = { made_at: toTimestamp(Date.now()), made_by: `audit-overlay ${packageVersion}, of a service` };
    const sha256 = digest.digest("hex");
    manifest = { format, filters: range, events: null, bytes, sha256, ...made, head: headOf(response), coverage };
  }
  return { chunks: chunks(), manifest: () => manifest, [Symbol.dispose]: () => closing.abort() };
}

function headOf(response: Response): ExportManifest["head"] {
  const [, entryId, hash] = /^(\d+):([0-9a-f]*)$/.exec(response.headers.get(exportHeadHeader) ?? "") ?? [];
  return entryId === undefined || hash === undefined ? null : { entry_id: Number(entryId), hash };
}
