// store: the table capture_state. What capture is doing now, for `status` in another process; overwritten in place.
import type Database from "better-sqlite3";
import type { CaptureState } from "../model/capture-state.ts";

export type CaptureStateRow = CaptureState & { last_verified_at: string | null; process_id: number };

export function prepareCaptureState(db: Database.Database) {
  return {
    /** A process that has not heard the server yet does not forget when the one before it last did. */
    put: db.prepare<[CaptureStateRow]>(
      `INSERT OR REPLACE INTO capture_state (capture_state_id, state, since, reason, hint, last_verified_at, process_id)
       VALUES (1, @state, @since, @reason, @hint,
               coalesce(@last_verified_at, (SELECT last_verified_at FROM capture_state)), @process_id)`,
    ),
    get: db.prepare<[], CaptureStateRow>(
      "SELECT state, since, reason, hint, last_verified_at, process_id FROM capture_state",
    ),
  };
}
