// serve/cli: VerifyReport -> lines for a terminal.
import type { Writable } from "node:stream";
import type { VerifyReport } from "../../model/trace.ts";
import { createPaint, plural, printable } from "./terminal.ts";

export function renderVerify(report: VerifyReport, stream: Writable): string[] {
  const paint = createPaint(stream);
  const superseded =
    report.superseded_events === 0 ? "" : ` (${report.superseded_events.toLocaleString("en-US")} superseded)`;
  const counts = `${plural(report.entries, "ledger entry", "ledger entries")}, ${plural(report.change_events, "change event")}, ${plural(report.business_events, "business event")}${superseded}`;
  return [
    `${report.ok ? paint("green", "VERIFIED") : paint("red", "FAILED")}  ${counts}`,
    ...report.faults.map((fault) => `  ${printable(fault.place, 300)}: ${printable(fault.message, 300)}`),
    ...(report.truncated ? ["  … and more"] : []),
    `head ${report.head.entry_id}:${report.head.hash}`,
  ];
}
