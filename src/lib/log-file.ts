// A log file that is rotated by size, its old ones compressed: app.log, app.log.1.gz (the newest of them), app.log.2.gz … Takes whole
// lines, never throws and never makes anyone wait. What the file does not take goes to `spare`, so that no line is lost.
import { createStream, type RotatingFileStream } from "rotating-file-stream";
import { dropPidFile, takePidFile } from "./pid-file.ts";
import { settleLogFiles } from "./settle-log-files.ts";

export interface LogFileOptions {
  path: string;
  /** The file is rotated when it has so many. */
  bytesMax: number;
  /** Compressed ones that are kept. */
  filesMax: number;
  /** Takes lines while the file cannot be written. */
  spare: (line: string) => void;
  /** Said when the file stops being written, and when it is again. @param linesElsewhere went to `spare` meanwhile; null: from now on they do */
  onTrouble: (linesElsewhere: number | null, error: Error | null) => void;
  retryMs?: number;
}

export interface LogFile extends AsyncDisposable {
  write: (line: string) => void;
  /** Waiting for the disk. */
  bytesWaiting(): number;
}

/** While the disk is slower than what is logged; beyond it, lines go to `spare`. */
const waitingBytesMax = 16 * 1024 * 1024;
/** A compression that takes longer is left for the next start. */
const closeMs = 5_000;
/** Of the account that writes, and readable by its group: a shipper of logs. */
const mode = 0o640;

export function openLogFile({ retryMs = 30_000, ...options }: LogFileOptions): LogFile {
  const { path, spare, onTrouble } = options;
  const pidFile = `${path}.pid`;
  let stream: RotatingFileStream | undefined;
  let unwritten: string[] = [];
  /** A write that the disk cut short is told as a success; the next one fails. */
  let last = "";
  let retryAt = 0;
  let elsewhere: number | null = null;
  let isClosed = false;

  const toSpare = (line: string): void => {
    if (elsewhere !== null) elsewhere += 1;
    spare(line);
  };
  const restAfter = (error: Error): void => {
    retryAt = performance.now() + retryMs;
    if (elsewhere !== null) return;
    onTrouble(null, error);
    elsewhere = 0;
  };
  const onFailed = (failed: RotatingFileStream, error: Error): void => {
    if (stream !== failed) return;
    stream = undefined;
    restAfter(error);
    const lines = last === "" ? unwritten : [last, ...unwritten];
    unwritten = [];
    last = "";
    for (const line of lines) toSpare(line);
  };
  const open = (): RotatingFileStream | undefined => {
    try {
      const other = takePidFile(pidFile);
      if (other !== undefined) {
        restAfter(new Error(`process ${other} writes it; give this one another log_file`));
        return undefined;
      }
      settleLogFiles(options);
    } catch {
      // Opening it says what is wrong, or it does not matter.
    }
    const opened = createStream(path, {
      size: `${options.bytesMax}B`,
      rotate: options.filesMax,
      compress: "gzip",
      mode,
    });
    opened.on("error", (error) => onFailed(opened, error));
    return opened;
  };
  const onWritten = (): void => {
    last = unwritten.shift() ?? "";
    if (elsewhere === null) return;
    const lines = elsewhere;
    elsewhere = null;
    onTrouble(lines, null);
  };
  return {
    write(line) {
      if (stream === undefined && !isClosed && performance.now() >= retryAt) stream = open();
      if (stream === undefined || stream.writableLength > waitingBytesMax) {
        toSpare(line);
        return;
      }
      unwritten.push(line);
      stream.write(line, (error) => {
        if (!error) onWritten();
      });
    },
    bytesWaiting: () => stream?.writableLength ?? 0,
    async [Symbol.asyncDispose]() {
      isClosed = true;
      const closing = stream;
      if (closing === undefined) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const cut = setTimeout(resolve, closeMs);
      closing.once("close", resolve);
      closing.end();
      await promise;
      clearTimeout(cut);
      dropPidFile(pidFile);
      stream = undefined;
      for (const line of unwritten) spare(line);
      unwritten = [];
    },
  };
}
