// normalize: a stored change -> the same change as a mapping of now sees it: entity, actor, masked columns. Pure.
// What was masked when it was stored stays so. What a pack masks only since then is masked for its rules.
import type { ChangeEvent, RowImage } from "../model/change-event.ts";
import type { TableMapping } from "../model/entity-mapping.ts";
import type { StatementTags } from "../model/raw-transaction.ts";
import { findActor } from "./actor.ts";
import { actorColumn, mask, pick, toEntityId } from "./change-events.ts";

/** @param change its images are masked in place */
export function remapChange(
  change: ChangeEvent,
  mapping: TableMapping | undefined,
  actorTags: readonly string[],
): ChangeEvent {
  const { before, after, source_pk, metadata } = change;
  // A statement has no row.
  if (mapping === undefined || (before === null && after === null)) return change;
  const idImage: RowImage = pick(after, before, mapping.id_columns);
  for (const image of [before, after, source_pk, idImage]) mask(image, mapping.mask_columns);
  const actor = findActor({
    tags: metadata["tags"] as StatementTags | undefined,
    actorTags,
    column: actorColumn(change, mapping),
    account: metadata["account"] as string | undefined,
  });
  return { ...change, entity_type: mapping.entity_type, entity_id: toEntityId(idImage), actor };
}
