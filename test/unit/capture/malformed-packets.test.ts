// Ten thousand altered packets, twice, through the packet guard, the client library's real decoder and the assembler, in a
// process of its own with little memory: none is accepted in silence, none crashes it, hangs it, or is read past its end.
// First as damage on the way leaves them; then with the checksum made right again, as a lie with a valid checksum.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { columnNames } from "../../support/event-packets.ts";
import type { FuzzReport } from "../../support/packet-fuzz.ts";
import { feedPackets } from "../../support/packet-feed.ts";
import { recordings } from "../../support/packet-recordings.ts";

const program = join(import.meta.dirname, "..", "..", "support", "packet-fuzz.ts");
const count = 10_000;
const seed = 1;
const timeoutMs = 240_000;

function fuzz(mode: "damaged" | "truthful"): FuzzReport {
  const args = ["--max-old-space-size=512", program, String(count), String(seed), mode];
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    timeout: timeoutMs,
  });
  if (status !== 0) throw new Error(`the feeding process ended with ${status ?? signal}: ${stderr.slice(-2_000)}`);
  const report = JSON.parse(stdout) as FuzzReport;
  process.stdout.write(
    `malformed packets, ${mode}: ${JSON.stringify({ ...report, violations: report.violations.length })}\n`,
  );
  return report;
}

describe("altered packets", () => {
  it.each(recordings.map((recording, index) => ({ index, recording })))(
    "start from stretch $index of a log, which is whole and is decoded",
    async ({ recording: { flavor, events } }) => {
      const { transactions, error } = await feedPackets(
        flavor,
        events.map((event) => Buffer.concat([Buffer.alloc(1), event])),
      );
      expect(error).toBeUndefined();
      expect(transactions).toHaveLength(1);
      const rows = transactions[0]!.events.filter((event) => event.kind === "row");
      const names = new Set(rows.map((event) => Object.keys(event.after ?? event.before ?? {}).join()));
      expect([...names]).toEqual(rows.length === 0 ? [] : [columnNames.join()]);
    },
  );

  it("as damage leaves them are all refused by name", { timeout: timeoutMs }, () => {
    const report = fuzz("damaged");
    expect(report.violations).toEqual([]);
    expect(report).toMatchObject({ fed: count, accepted: 0 });
    expect(report.refused["capture.corrupt"]).toBeGreaterThan(count / 2);
  });

  it("with a valid checksum are refused by name or give a well-formed result", { timeout: timeoutMs }, () => {
    const report = fuzz("truthful");
    expect(report.violations).toEqual([]);
    expect(report.fed).toBe(count);
    expect(report.refused["capture.undecodable"]).toBeGreaterThan(1_000);
    expect(report.slowestMs).toBeLessThan(5_000);
  });
});
