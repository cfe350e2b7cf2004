// serve/cli: the edge where an error becomes one line with a hint, or JSON, and an exit status. A stack trace is for bugs only.
import type { Writable } from "node:stream";
import { AppError, exitStatus } from "../../model/app-error.ts";
import { createPaint, printable } from "./terminal.ts";

const lineMax = 4_000;

export function writeError(error: unknown, { json, stream }: { json: boolean; stream: Writable }): number {
  if (!(error instanceof AppError)) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    stream.write(`audit-overlay has a bug. Please report this:\n${stack}\n`);
    return exitStatus.failure;
  }
  if (json) {
    stream.write(`${JSON.stringify(error.toJSON())}\n`);
  } else {
    const paint = createPaint(stream);
    stream.write(`${paint("red", "error")} ${printable(error.message, lineMax)} [${error.code}]\n`);
    if (error.hint !== "") stream.write(`hint: ${printable(error.hint, lineMax)}\n`);
  }
  return error.exitStatus;
}
