// serve/cli: a progress bar on a terminal, nothing elsewhere.
import type { Writable } from "node:stream";
import { SingleBar } from "cli-progress";

export interface Progress {
  update: (done: number, total: number) => void;
  stop(): void;
}

export function createProgress(label: string, unit: string, stream: Writable, wanted: boolean): Progress {
  if (!wanted || !(stream as NodeJS.WriteStream).isTTY) return { update: () => {}, stop: () => {} };
  const format = `${label} [{bar}] {percentage}% {value}/{total} ${unit} {eta_formatted} left`;
  const bar = new SingleBar({ format, stream, clearOnComplete: true, hideCursor: true });
  let started = false;
  return {
    update: (done, total) => {
      if (!started) bar.start(total, done);
      else bar.update(done);
      started = true;
    },
    stop: () => bar.stop(),
  };
}
