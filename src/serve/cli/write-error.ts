// serve/cli: the edge where an error becomes one line with a hint, or JSON, and an exit status. A stack trace is for bugs only.
import type { Writable } from "node:stream";
import { locateFiles } from "../../lib/package-root.ts";
import { AppError, exitStatus } from "../../model/app-error.ts";
import { createPaint, printable } from "./terminal.ts";
import { languageOf, languages } from "./voice.ts";

const lineMax = 4_000;

export function writeError(
  error: unknown,
  { json, stream, env }: { json: boolean; stream: Writable; env: NodeJS.ProcessEnv },
): number {
  if (!(error instanceof AppError)) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    stream.write(`audit-overlay has a bug. Please report this:\n${stack}\n`);
    return exitStatus.failure;
  }
  if (json) {
    stream.write(`${JSON.stringify(error.toJSON())}\n`);
  } else {
    const paint = createPaint(stream);
    const { common } = languages[languageOf(env)];
    stream.write(`${paint("red", common.error)} ${printable(error.message, lineMax)} [${error.code}]\n`);
    if (error.hint !== "") stream.write(`${common.hint}: ${printable(locateFiles(error.hint), lineMax)}\n`);
  }
  return error.exitStatus;
}
