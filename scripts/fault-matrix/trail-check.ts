// What the cases ask of a trail: that it holds each row of the server's table once, that it verifies, that nothing moved.
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { AuditctlResult, RunningAuditctl } from "../../test/support/run-auditctl.ts";
import { shownError, type ShownError } from "../../test/support/run-capture.ts";
import type { Source } from "../../test/support/source.ts";
import { startIngest } from "../../test/support/ingest.ts";
import { readEvents, readStatus, verifyStore, waitUntilStored } from "../../test/support/trail.ts";

export const itemTable = "CREATE TABLE item (id INT AUTO_INCREMENT PRIMARY KEY, note VARCHAR(200))";

export function insertedIds(store: string, source: Source): number[] {
  return readEvents(store, source.database)
    .filter(({ operation }) => operation === "insert")
    .map((event) => (event["source_pk"] as { id: number }).id);
}

/** The table `item`, to which rows are only added: each of them once, in their order, in a trail without gaps that verifies. */
export async function assertSameItems(source: Source, store: string): Promise<void> {
  const rows = await source.rows(`SELECT id FROM \`${source.database}\`.item ORDER BY id`);
  const ids = insertedIds(store, source);
  deepEqual(
    ids.toSorted((a, b) => a - b),
    rows.map((row) => row["id"] as number),
  );
  assertIntact(store);
}

export function assertIntact(store: string): void {
  const { ok: verified, faults } = verifyStore(store);
  deepEqual({ verified, faults }, { verified: true, faults: [] });
  deepEqual(readStatus(store)?.coverage?.gaps, []);
}

export function checkpointOf(store: string): string | undefined {
  return readStatus(store)?.checkpoint?.gtid_set;
}

/** Reads on without any fault until all is stored, in this process: what a restart would do. */
export async function resume(source: Source, store: string): Promise<void> {
  await using capture = await startIngest(source.address, store);
  await Promise.race([waitUntilStored(source, store), capture.ended]);
}

/** Waits until it was killed by its own hand, as planned. */
export async function untilKilled(running: RunningAuditctl): Promise<void> {
  const { status, stderr } = await running.ended;
  equal(running.child.signalCode, "SIGKILL", `it ended with status ${status}, not by the planned kill: ${stderr}`);
}

export type Followed = { stored: true } | { stored: false; status: number | null; error: ShownError["error"] };

/** Either all is stored, or it has stopped and says why. */
export async function follow(
  running: RunningAuditctl,
  source: Source,
  store: string,
  timeoutMs = 30_000,
): Promise<Followed> {
  const stored = waitUntilStored(source, store, timeoutMs).then((): Followed => ({ stored: true }));
  const ended = running.ended.then((result): Followed => ({ stored: false, ...refusalOf(result) }));
  stored.catch(() => {});
  return await Promise.race([stored, ended]);
}

/** It stopped with an error that has a code, a message and a hint, and no stack trace. */
export function refusalOf(result: AuditctlResult): { status: number | null; error: ShownError["error"] } {
  ok(!/\n\s+at /.test(result.stderr), `a stack trace: ${result.stderr}`);
  const error = shownError(result);
  match(error.hint, /\w/);
  return { status: result.status, error };
}

/** From /proc, in MiB; `VmHWM` is the most there ever was. */
export function memoryMib({ child }: RunningAuditctl, field: "VmRSS" | "VmHWM"): number {
  if (child.exitCode !== null) return 0;
  const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
  return Math.round(Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0) / 1024);
}
