// serve/cli: flags that say which events are meant, for the commands that list, follow and export them.
import { Option } from "clipanion";
import { suggestion } from "../../infer/suggest.ts";
import type { Answer, QuestionInput } from "../../model/question.ts";
import { given } from "./question-command.ts";

export interface EventFlags {
  changes: boolean;
  type: string | undefined;
  entityType: string | undefined;
  entityId: string | undefined;
  actor: string | undefined;
  table: string | undefined;
  operation: string | undefined;
}

/** As one object of options, because the three kinds of commands share no class. */
export const eventFlags = {
  changes: () =>
    Option.Boolean("--changes", false, { description: "Row changes, in place of what happened in the business." }),
  type: () =>
    Option.String("--type", {
      description: "Types of business events, separated by commas; `sale.*` means all that begin with `sale.`.",
    }),
  entityType: () => Option.String("--entity-type", { description: "About entities of this type." }),
  entityId: () => Option.String("--entity-id", { description: "About the entity with this id." }),
  actor: () => Option.String("--actor", { description: "Done by the one with this id." }),
  table: () => Option.String("--table", { description: "Row changes of this table: `table`, or `database.table`." }),
  operation: () => Option.String("--operation", { description: "Row changes of this kind, for example `delete`." }),
};

export type Filters = Pick<
  QuestionInput<"events">,
  "kind" | "type" | "entity_type" | "entity_id" | "actor" | "table" | "operation"
>;

/** Whoever names a table or an operation means row changes. */
export function filtersOf({ changes, type, entityType, entityId, actor, table, operation }: EventFlags): Filters {
  const kind = changes || table !== undefined || operation !== undefined ? "change_event" : "business_event";
  return { kind, ...given({ type, entity_type: entityType, entity_id: entityId, actor, table, operation }) } as Filters;
}

/** `; did you mean …?` for the first asked name that the trail does not know. */
export function unknownName({ type, entity_type }: Filters, known: Answer<"entity_types">): string | undefined {
  const types = Object.keys(known.business_event_types);
  const names = typeof type === "string" ? type.split(",") : [];
  const foreign = names.find((name) => !name.endsWith("*") && !types.includes(name));
  if (foreign !== undefined) return `--type ${foreign}${suggestion(foreign, types)}`;
  if (typeof entity_type !== "string" || known.entity_types.includes(entity_type)) return undefined;
  return `--entity-type ${entity_type}${suggestion(entity_type, known.entity_types)}`;
}
