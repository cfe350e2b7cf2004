// `auditctl serve --ingest` as a process of its own: `await using service = await startServeIngest(store);`
import { type RunningAuditctl, startAuditctl } from "./run-auditctl.ts";
import { waitFor } from "./wait-for.ts";

/** Comes back when it listens. */
export async function startServeIngest(
  store: string,
  args: readonly string[] = [],
): Promise<RunningAuditctl & { url: string }> {
  const running = startAuditctl(["serve", "--ingest", "--json", "--listen", "127.0.0.1:0", "--store", store, ...args]);
  return { ...running, url: await listeningUrl(running) };
}

/** Of a command with `--json` that serves. */
export async function listeningUrl(running: RunningAuditctl): Promise<string> {
  return await waitFor("the service to listen", () => {
    if (running.child.exitCode !== null)
      throw new Error(`auditctl ended with ${running.child.exitCode}: ${running.stderr()}`);
    return /"listening":"([^"]+)"/.exec(running.stdout())?.[1];
  });
}
