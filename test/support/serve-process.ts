// `auditctl serve` as a process of its own, on a free port: `await using service = await startServe(store);` Ended with the test.
import { type RunningAuditctl, startAuditctl } from "./run-auditctl.ts";
import { waitFor } from "./wait-for.ts";

export interface ServeProcess extends AsyncDisposable {
  url: string;
  running: RunningAuditctl;
}

export async function startServe(
  store: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<ServeProcess> {
  const listen = ["--listen", "127.0.0.1:0", "--rate-limit", "1000000"];
  const running = startAuditctl(["serve", "--store", store, ...listen, "--json", ...args], { env });
  try {
    const url = await waitFor("serve to listen", () => {
      if (running.child.exitCode !== null) throw new Error(`serve ended: ${running.stderr()}`);
      return /"listening":"([^"]+)"/.exec(running.stdout())?.[1];
    });
    return { url, running, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
  } catch (error) {
    await running[Symbol.asyncDispose]();
    throw error;
  }
}
