// Runs the installed `auditctl` as somebody who has nothing but Node.js on the PATH; gives its status and what it said.
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import type { Installation } from "./install.ts";
import type { NodeRelease } from "./node-release.ts";

export interface Said {
  status: number;
  output: string;
  errors: string;
  milliseconds: number;
}

export interface InstalledCli {
  /** Where it stands: what commands write goes there. */
  folder: string;
  run: (args: readonly string[], options?: { env?: Record<string, string>; input?: string }) => Promise<Said>;
}

const commandTimeoutMs = 120_000;

export function installedCli(node: NodeRelease, { auditctl }: Installation, folder: string): InstalledCli {
  const run: InstalledCli["run"] = async (args, { env = {}, input = "" } = {}) => {
    const startedAt = performance.now();
    const child = spawn(auditctl, args, {
      cwd: folder,
      env: { PATH: node.barePath, HOME: folder, LANG: "C.UTF-8", ...env },
      stdio: "pipe",
      timeout: commandTimeoutMs,
      killSignal: "SIGKILL",
    });
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    const ended = new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve(code ?? -1));
    });
    const [output, errors, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { status, output, errors, milliseconds: performance.now() - startedAt };
  };
  return { folder, run };
}

/** @throws with what it said, where it ends otherwise than it should. */
export async function runExpecting(
  cli: InstalledCli,
  args: readonly string[],
  options: Expectation = {},
): Promise<Said> {
  const { status = 0, says = "", ...rest } = options;
  const said = await cli.run(args, rest);
  if (said.status === status && `${said.output}${said.errors}`.includes(says)) return said;
  throw new Error(
    `auditctl ${args.join(" ")}: status ${said.status}, expected ${status}${says === "" ? "" : ` and "${says}"`}\n${said.output.slice(-1_000)}${said.errors.slice(-1_000)}`,
  );
}

export interface Expectation {
  status?: number;
  says?: string;
  env?: Record<string, string>;
  input?: string;
}
