// serve/export: what a person calls the events that are meant -> types and entity types of the trail. `sale.completed`, `sale.*`,
// `sale`, `sales` and `Sales` are all understood.
import { suggestion } from "../../infer/suggest.ts";
import { AppError } from "../../model/app-error.ts";

export interface KnownNames {
  entity_types: readonly string[];
  /** Type to number of events. */
  business_event_types: Readonly<Record<string, number>>;
}

export interface MeantEvents {
  type?: string[];
  entity_type?: string;
}

/** Of business events. @throws usage.argument with the nearest name for one that the trail does not know */
export function meantEvents(names: readonly string[], known: KnownNames): MeantEvents {
  const types = Object.keys(known.business_event_types);
  const patterns = names.map((name) => typePattern(name, types));
  const foreign = names.find((_, index) => patterns[index] === undefined);
  if (foreign === undefined) return { type: patterns.filter((pattern) => pattern !== undefined) };
  const entityType = known.entity_types.find((each) => isSame(each, foreign));
  if (entityType !== undefined && names.length === 1) return { entity_type: entityType };
  throw unknownType(foreign, [...types, ...prefixesOf(types), ...known.entity_types]);
}

/** Of row changes, which have no type but that of their entity. @throws usage.argument */
export function meantEntityType(name: string, known: KnownNames): string {
  const entityType = known.entity_types.find((each) => isSame(each, name));
  if (entityType !== undefined) return entityType;
  throw unknownType(name, known.entity_types);
}

function typePattern(name: string, types: readonly string[]): string | undefined {
  if (types.includes(name)) return name;
  if (name.endsWith("*")) return types.some((type) => type.startsWith(name.slice(0, -1))) ? name : undefined;
  const prefix = prefixesOf(types).find((each) => isSame(each, name));
  return prefix === undefined ? undefined : `${prefix}.*`;
}

function prefixesOf(types: readonly string[]): string[] {
  return [...new Set(types.flatMap((type) => (type.includes(".") ? [type.slice(0, type.indexOf("."))] : [])))];
}

/** The same word, in the singular or the plural, whatever its letters' case. */
function isSame(one: string, other: string): boolean {
  return singulars(one.toLowerCase()).some((form) => singulars(other.toLowerCase()).includes(form));
}

function singulars(word: string): string[] {
  const forms = [word];
  if (word.endsWith("ies")) forms.push(`${word.slice(0, -3)}y`);
  if (word.endsWith("es")) forms.push(word.slice(0, -2));
  if (word.endsWith("s")) forms.push(word.slice(0, -1));
  return forms;
}

function unknownType(name: string, known: readonly string[]): AppError {
  const shown = [...new Set(known)].slice(0, 40);
  return new AppError("usage.argument", `the trail has no events of type ${name}${suggestion(name, known)}`, {
    hint: known.length === 0 ? "The trail holds no events yet." : `It knows: ${shown.join(", ")}.`,
  });
}
