// A source with a database of its own, and `auditctl run` reading it into a new store: what most cases begin with.
import { startRun } from "../../test/support/run-capture.ts";
import type { RunningAuditctl } from "../../test/support/run-auditctl.ts";
import { openSource, type Source } from "../../test/support/source.ts";
import type { LocalServer } from "../mysql.ts";
import type { FaultContext } from "./fault-case.ts";

export interface OpenCapture {
  source: Source;
  store: string;
  running: RunningAuditctl;
}

export interface OpenCaptureOptions {
  /** Default: the shared one. */
  server?: LocalServer;
  args?: readonly string[];
  /** Before capture starts. */
  setup?: readonly string[];
}

/** All of it is released when the case ends. `--databases` keeps what other cases leave on the shared server out of the trail. */
export async function openCapture(context: FaultContext, options: OpenCaptureOptions = {}): Promise<OpenCapture> {
  const server = options.server ?? (await context.server());
  const source = context.use(await openSource(context.flavor, server));
  await source.run(...(options.setup ?? []));
  const store = context.file("s.db");
  const running = context.use(await startRun(server, store, ["--databases", source.database, ...(options.args ?? [])]));
  return { source, store, running };
}
