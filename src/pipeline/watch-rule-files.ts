// pipeline: says when a rule pack's file may have changed. Asks for each file's state by its path: an editor that puts a new
// file in place of the old one, or a mounted link that moves, leaves a watch on the file itself behind.
import { unwatchFile, watchFile } from "node:fs";

const everyMs = 1_000;

/** Until `signal` is aborted. */
export function watchRuleFiles(paths: readonly string[], onChange: () => void, signal: AbortSignal): void {
  for (const path of paths) watchFile(path, { interval: everyMs, persistent: false }, onChange);
  signal.addEventListener("abort", () => {
    for (const path of paths) unwatchFile(path, onChange);
  });
}
