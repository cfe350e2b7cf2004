// serve/cli: how far a backup or a restore is, one bar after the other.
import type { Writable } from "node:stream";
import type { BackupPhase, BackupProgress } from "../../model/backup.ts";
import { createProgress, type Progress } from "./progress.ts";
import type { Voice } from "./voice.ts";

const bytesPerMib = 1_048_576;

export function createBackupProgress(
  { words }: Voice,
  stream: Writable,
  wanted: boolean,
): { update: BackupProgress; stop: () => void } {
  let bar: { phase: BackupPhase; progress: Progress } | undefined;
  return {
    update(phase, done, total) {
      const isBytes = phase !== "verifying";
      if (bar?.phase !== phase) {
        bar?.progress.stop();
        const unit = isBytes ? "MiB" : words.count.ledgerEntry[1];
        bar = { phase, progress: createProgress(words.backup[phase], unit, stream, wanted) };
      }
      const scale = (value: number): number => (isBytes ? Math.round(value / bytesPerMib) : value);
      bar.progress.update(scale(done), scale(total));
    },
    stop: () => bar?.progress.stop(),
  };
}
