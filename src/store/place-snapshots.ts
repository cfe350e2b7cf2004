// store: rows of snapshots to their place among changes. Takes items in the order of storage, gives that of what happened. Pure.
import { type GtidSet, parseGtidSet } from "../model/gtid-set.ts";
import type { TimelineItem } from "../model/trace.ts";

/**
 * A snapshot reads ahead of the log: changes that it contains may be stored after it. Each row of a snapshot is moved behind
 * the last change that its anchor holds, so that the story never tells a change after the state it had led to.
 */
export function placeSnapshots<Placed extends { item: TimelineItem }>(items: readonly Placed[]): Placed[] {
  if (!items.some(({ item }) => anchorOf(item) !== undefined)) return [...items];
  return items
    .map((placed, index) => {
      const anchor = anchorOf(placed.item);
      const last =
        anchor === undefined
          ? index
          : items.findLastIndex(
              ({ item }, at) => at > index && anchorOf(item) === undefined && anchor.has(item.transaction_id),
            );
      return { placed, after: Math.max(index, last), isSnapshot: anchor !== undefined };
    })
    .sort((a, b) => a.after - b.after || Number(a.isSnapshot) - Number(b.isSnapshot))
    .map(({ placed }) => placed);
}

/** The transactions that a row of a snapshot is known to contain; undefined of every other item. */
function anchorOf(item: TimelineItem): GtidSet | undefined {
  if (item.kind !== "change_event" || item.operation !== "snapshot") return undefined;
  const { gtid_set } = item.metadata["snapshot"] as { gtid_set: string };
  return parseGtidSet(gtid_set);
}
