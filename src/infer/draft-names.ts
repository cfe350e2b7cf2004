// Stage infer. Names of tables and columns -> the words of a first rule pack: entities in the singular, and which columns look
// like who did it, when it happened, or a secret. Guesses by name, for a person to correct.
import type { SchemaColumn } from "../model/source-schema.ts";

/** A name such as packs take for entities, groups and fields: `OrderLines` -> `order_lines`. */
export function toSnake(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
  return /^[a-z]/.test(words) ? words : `x_${words}`.replace(/_+$/, "");
}

/** The same for packs and rules: `order-lines`. */
export function toKebab(name: string): string {
  return toSnake(name).replace(/_+/g, "-");
}

const irregular: Record<string, string> = { people: "person", children: "child", men: "man", women: "woman" };
const unchanging = /(ss|us|is|news|series|species|data|media)$/;

/** `order_lines` -> `order_line`. What it does not know stays as it is. */
export function toSingular(snake: string): string {
  const at = snake.lastIndexOf("_") + 1;
  return snake.slice(0, at) + singularWord(snake.slice(at));
}

function singularWord(word: string): string {
  if (Object.hasOwn(irregular, word)) return irregular[word]!;
  if (unchanging.test(word)) return word;
  if (/[^aeiou]ies$/.test(word)) return word.replace(/ies$/, "y");
  if (/(ss|sh|ch|x|stat|bon|vir|camp)(es|uses)$/.test(word)) return word.replace(/es$/, "");
  return word.replace(/s$/, "");
}

/** The likeliest first: who wrote the row last, then who it belongs to or who made it. */
const actorNames = [
  /^(last_)?(updated|modified|changed|edited)_by(_id)?$/,
  /^user_id$/,
  /^(created|entered|recorded|inserted)_by(_id)?$/,
  /^(staff|employee|cashier|clerk|operator|agent)_id$/,
];

/** Columns that may name the application's user, the likeliest first. */
export function actorCandidates(columns: readonly SchemaColumn[]): string[] {
  return actorNames.flatMap((pattern) => columns.map(({ name }) => name).filter((name) => pattern.test(toSnake(name))));
}

const createdNames =
  /^(created|inserted|placed|ordered|opened|registered)(_at|_on|_time|_date)?$|^(create|creation)_(date|time)$|^date_created$/;
const timeTypes = new Set(["datetime", "timestamp"]);

/** Columns that may tell when the row came to be; the thing's own date (`rental_date` of a rental) too. */
export function createdCandidates(columns: readonly SchemaColumn[], entity: string): string[] {
  const times = columns.filter(({ dataType }) => timeTypes.has(dataType)).map(({ name }) => name);
  const own = times.filter((name) => [`${entity}_date`, `${entity}_at`, `${entity}_time`].includes(toSnake(name)));
  return [...times.filter((name) => createdNames.test(toSnake(name))), ...own];
}

const secretNames =
  /(^|_)(pass(word|wd|phrase|code)?|pwd|secret|token|hash|salt|api_?key|private_?key|access_?key|credentials?|pin|otp|cvv|cvc|card|iban|ssn)(_|$)|card_?(no|number)|social_security/;

export function looksSecret({ name }: SchemaColumn): boolean {
  return secretNames.test(toSnake(name));
}

const technicalNames =
  /^(flyway|databasechangelog|knex|django|ar_internal|schema)_|(^|_)(migrations?|sessions?|cache|locks?|(failed_)?jobs)$/;

/** Tables of the application's own machinery. */
export function looksTechnical(table: string): boolean {
  return technicalNames.test(toSnake(table));
}

const bulkyTypes = /blob|text|json|binary|bit|geometry|point|polygon|linestring|vector|set/;

/** Worth telling in an event: not a key of its own, not bulky, not a mere time stamp of the row. */
export function isTelling({ name, dataType }: SchemaColumn): boolean {
  return (
    !bulkyTypes.test(dataType) && !/^(last_)?(update|updated|modified)(_at|_on|_by|_date|_time)?$/.test(toSnake(name))
  );
}
