// normalize: what a change, its statement and its connection say about who did it -> the actor. Pure.
import { type Actor, unknownActor } from "../model/change-event.ts";
import type { StatementTags } from "../model/raw-transaction.ts";

export interface ActorSources {
  tags: StatementTags | undefined;
  /** Keys of tags that name the application's user, in the order in which they are looked for. */
  actorTags: readonly string[] | undefined;
  /** What the row's actor column holds, and whether this change wrote it. */
  column: { id: string; written: boolean } | null;
  account: string | undefined;
}

/** The strongest source there is; the grades in their order. */
export function findActor({ tags, actorTags = [], column, account }: ActorSources): Actor {
  const tagged = tags === undefined ? undefined : valueOfFirst(tags, actorTags);
  if (tagged !== undefined) return { id: tagged, kind: "app_user", grade: "tag" };
  if (column?.written === true) return { id: column.id, kind: "app_user", grade: "column" };
  if (account !== undefined) return { id: account, kind: "db_account", grade: "account" };
  if (column !== null) return { id: column.id, kind: "app_user", grade: "unwritten_column" };
  return unknownActor;
}

function valueOfFirst(tags: StatementTags, keys: readonly string[]): string | undefined {
  const key = keys.find((each) => Object.hasOwn(tags, each) && tags[each] !== "");
  return key === undefined ? undefined : tags[key];
}
