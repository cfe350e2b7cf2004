// One reading of the trail: who asked what, on which face, and what came of it. Kept beside the store, append-only.
import type { JsonObject } from "../lib/canonical-json.ts";
import type { ErrorCode } from "./app-error.ts";

export interface Access {
  /** RFC 3339, UTC, six fractional digits. */
  at: string;
  face: "http" | "mcp" | "cli";
  /** Name of the token; `local` where none was needed; of a command `local` and the operating system's user. */
  reader: string;
  /** Address it came from; null for a process on this machine that used no network. */
  address: string | null;
  /** A question's name, or `export`, `ingest`, `replay`. */
  question: string;
  input: JsonObject;
  outcome: "ok" | ErrorCode;
  /** Items in the answer; null where it has no list. */
  items: number | null;
  duration_ms: number;
}

export interface AccessLog extends Disposable {
  record(access: Access): void;
}
