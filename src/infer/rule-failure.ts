// Stage infer. What happens when a rule cannot do what it says for one change: it is told to somebody, and inference
// goes on.
//
// A good transaction is never stopped by a rule, and a rule never invents. So where an expression cannot be evaluated
// for a row (a column the row image does not have, a sum of text and a number):
// - `when`: the rule does not fire. Whether it holds is not known, and a missed event can still be inferred from the
//   trail; a false one misleads. For the same reason a change does not belong to a group, nor precede, while one that
//   may be what must be absent counts as there.
// - a payload field: it is null; the event and its confidence stay. The rule did fire; null says "not known".
// - `occurred_at`: the commit time, as for rows whose time is NULL or a zero date. Each is reported, because a rule
//   with a misspelt column would otherwise be silent for ever.
import type { RuleReference } from "../model/business-event.ts";
import type { ChangeEvent } from "../model/change-event.ts";

export interface RuleFailure {
  rule: RuleReference;
  /** The change that the rule looked at. */
  event_id: string;
  /** `when`, `occurred_at`, `payload.<field>`, `group.<name>`, or `<group, absent or preceded_by>.<name>.when`. */
  part: string;
  message: string;
}

export type ReportFailure = (trigger: ChangeEvent, part: string, message: string) => void;

/** What `evaluate` gives; null, after a report, when it throws. */
export function attempt<T>(report: ReportFailure, trigger: ChangeEvent, part: string, evaluate: () => T): T | null {
  const { stackTraceLimit } = Error;
  // A rule that misses a column throws for each row, and nobody reads the stack: a quarter of the time of such a replay.
  Error.stackTraceLimit = 0;
  try {
    return evaluate();
  } catch (error) {
    // The message of a CEL error is many lines with a drawing of where it is, its summary is one.
    const { summary, message } = error as Error & { summary?: string };
    report(trigger, part, summary ?? message);
    return null;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
