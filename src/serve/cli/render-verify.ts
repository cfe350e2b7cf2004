// serve/cli: VerifyReport -> lines for a terminal.
import type { VerifyReport } from "../../model/trace.ts";
import { printable } from "./terminal.ts";
import type { Voice } from "./voice.ts";

export function renderVerify(report: VerifyReport, { words, paint, count, number }: Voice): string[] {
  const { ledgerEntry, changeEvent, businessEvent } = words.count;
  const superseded = report.superseded_events === 0 ? "" : words.verify.superseded(number(report.superseded_events));
  const counts = `${count(report.entries, ledgerEntry)}, ${count(report.change_events, changeEvent)}, ${count(report.business_events, businessEvent)}${superseded}`;
  return [
    `${report.ok ? paint("green", words.verify.verified) : paint("red", words.verify.failed)}  ${counts}`,
    ...report.faults.map((fault) => `  ${printable(fault.place, 300)}: ${printable(fault.message, 300)}`),
    ...(report.truncated ? [`  ${words.verify.more}`] : []),
    `${words.verify.head} ${report.head.entry_id}:${report.head.hash}`,
  ];
}
