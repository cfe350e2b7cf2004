// A backup: a folder with copies of the store's files, and a manifest that says what they are and what they must be.
import { z } from "zod";
import { timestampSchema } from "./event-schema.ts";

export const backupFormat = "audit-overlay-backup";
export const backupFormatVersion = 1;
export const manifestName = "manifest.json";

/**
 * In the order in which they are copied: findings never speak of what the ledger, copied after them, does not hold.
 * The names are not those of files beside a store, so that looking into `ledger.db` in place changes no file of the backup.
 */
export const backupFiles = [
  { name: "findings.db", what: "findings", suffix: "-findings" },
  { name: "service.db", what: "service", suffix: "-service" },
  { name: "ledger.db", what: "ledger", suffix: "" },
] as const;

const hex = z.string().regex(/^[\da-f]{64}$/);
const count = z.number().int().nonnegative();

export const backupManifestSchema = z.object({
  format: z.literal(backupFormat),
  format_version: z.number().int().positive(),
  version: z.string().describe("Of the program that made it."),
  taken_at: timestampSchema,
  store: z.string().describe("Path of the store, as it was given."),
  source: z
    .object({ flavor: z.enum(["mysql", "mariadb"]), version: z.string(), server_id: z.string(), address: z.string() })
    .nullable(),
  trail: hex.nullable().describe("Hash of the first entry: the same in every backup of one trail."),
  from_gtid_set: z.string().nullable(),
  to_gtid_set: z.string().nullable(),
  head: z.object({ entry_id: count, hash: hex }).describe("Newest entry of the ledger; `verify --anchor` takes it."),
  counts: z.object({ entries: count, change_events: count, business_events: count }),
  files: z.array(
    z.object({
      name: z.enum(backupFiles.map(({ name }) => name)),
      schema: z.number().int(),
      bytes: count,
      sha256: hex,
    }),
  ),
});
export type BackupManifest = z.infer<typeof backupManifestSchema>;

export type BackupPhase = "copying" | "verifying" | "hashing";

/** Bytes, or entries while it verifies. */
export type BackupProgress = (phase: BackupPhase, done: number, total: number) => void;

/** Detail of the `config` entry that a restore writes into the chain. */
export interface RestoredDetail {
  restored: { taken_at: string; head: BackupManifest["head"]; version: string; by: string; replaced: boolean };
}
