// serve/cli: ReplayReport -> lines for a terminal.
import type { Writable } from "node:stream";
import type { Difference, ReplayCounts, ReplayOutcome, ReplayReport } from "../../model/replay.ts";
import { createPaint, plural, printable, shortTime } from "./terminal.ts";

const signs: Record<ReplayOutcome, string> = { gained: "+", lost: "-", changed: "~" };
const colours = { gained: "green", lost: "red", changed: "yellow" } as const;

export function renderReplay(report: ReplayReport, stream: Writable): string[] {
  const paint = createPaint(stream);
  const { transactions, change_events, too_large, counts, packs } = report;
  const lines = [
    `${plural(change_events, "change")} in ${plural(transactions, "transaction")} seen with ${packs.map(({ name, version }) => `${name} ${version}`).join(", ")}`,
  ];
  for (const { pack, name, type, counts: ofRule, examples } of report.rules) {
    if (ofRule.gained + ofRule.lost + ofRule.changed === 0) continue;
    lines.push("", `${paint("bold", printable(type))}  ${countWords(ofRule)}  (rule ${pack}/${name})`);
    for (const { outcome, entity_type, entity_id, timestamp, business_event_id, differs } of examples) {
      const what = `${signs[outcome]} ${printable(`${entity_type} ${entity_id}`)}  ${shortTime(timestamp)}  ${business_event_id}`;
      lines.push(
        `  ${paint(colours[outcome], what)}`,
        ...differs.map((difference) => `      ${renderDifference(difference)}`),
      );
    }
  }
  if (lines.length > 1) lines.push("");
  lines.push(`in all: ${countWords(counts)}`);
  if (too_large > 0) lines.push(`${plural(too_large, "transaction")} of more changes than rules are shown`);
  return [...lines, outcomeWords(report)];
}

function outcomeWords({ applied, complete, counts }: ReplayReport): string {
  if (!complete)
    return `Stopped before the end. ${applied ? "What was written counts; the same command goes on with the rest." : "Nothing was written."}`;
  if (applied) return "Applied. What was inferred before stays in the ledger, marked as superseded.";
  if (counts.gained + counts.lost + counts.changed === 0) return "These packs tell what the trail tells already.";
  return "A dry run: nothing was written. --apply lets it count.";
}

function countWords({ gained, lost, changed, unchanged }: ReplayCounts): string {
  const words = Object.entries({ gained, lost, changed, unchanged }).filter(([, count]) => count > 0);
  return words.map(([word, count]) => `${count.toLocaleString("en-US")} ${word}`).join(", ") || "no events";
}

/** Ids of changes tell a person nothing; how many there are does. */
function renderDifference({ field, before, after }: Difference): string {
  if (field !== "change_event_ids") return `${field}: ${printable(before, 120)} → ${printable(after, 120)}`;
  const [was, is] = [before, after].map((ids) => plural(ids.split(" ").length, "change"));
  return `rests on: ${was} → ${is}`;
}
