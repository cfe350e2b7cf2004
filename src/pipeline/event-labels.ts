// pipeline: what people call a business event. Takes a reader; gives events their label, from the rule pack that the ledger noted.
import { readRuleLabels } from "../infer/rule-labels.ts";
import type { Explanation, ListedEvent } from "../model/answer-schema.ts";
import type { TimelineItem } from "../model/trace.ts";
import type { StoreReader } from "../store/store-reader.ts";

export type AnswerItem = ListedEvent | TimelineItem | Explanation["subject"];
type LabelledEvent = Extract<AnswerItem, { kind: "business_event" }>;

/** Gives them to the events themselves, by the rule and its version that made each. */
export type AddLabels = (items: readonly AnswerItem[]) => void;

export function createEventLabels(reader: Pick<StoreReader, "ruleTextsAfter">): AddLabels {
  const labels = new Map<string, NonNullable<LabelledEvent["label"]>>();
  let read = 0;
  const readNew = (): void => {
    for (const { entry_id, pack, text } of reader.ruleTextsAfter(read)) {
      read = entry_id;
      // A label reworded without a new version is the same rule's: the newest words count.
      for (const { name, version, label } of readRuleLabels(text)) labels.set(keyOf({ pack, name, version }), label);
    }
  };
  return (items) => {
    const events = items.filter((item) => item.kind === "business_event");
    if (events.length > 0) readNew();
    for (const event of events) {
      const label = labels.get(keyOf(event.rule));
      if (label !== undefined) event.label = label;
    }
  };
}

function keyOf({ pack, name, version }: LabelledEvent["rule"]): string {
  return JSON.stringify([pack, name, version]);
}
