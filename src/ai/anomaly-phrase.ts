// ai: an anomaly in one phrase: what, where, when, how much against what is usual. For summaries and explanations.
import type { Language } from "../model/language.ts";
import type { AnomalyFact, PersonFact } from "./anomaly-facts.ts";
import { detectorWords } from "./detector-words.ts";
import { lowerFirst, type Telling } from "./telling.ts";

/** Words for entities that many packs have; others are told as the pack calls them. */
const entityWords: Readonly<Record<string, string>> = {
  branch: "sucursal",
  user: "usuario",
  sale: "venta",
  product: "producto",
  purchase: "compra",
  supplier: "proveedor",
  table: "tabla",
  inventory: "inventario",
};

export const severityWords = {
  en: { high: "high", medium: "medium", low: "low" },
  es: { high: "alta", medium: "media", low: "baja" },
} as const;

export function entityPhrase(type: string, id: string, { lang, name }: Telling): string {
  const kind = lang === "es" && Object.hasOwn(entityWords, type) ? entityWords[type]! : name(type.replaceAll("_", " "));
  return `${kind} ${name(id)}`;
}

export function personPhrase({ kind, user }: PersonFact, { lang, name }: Telling): string {
  const words: Record<Language, Record<PersonFact["kind"], string>> = {
    en: { user: "user", account: "account" },
    es: { user: "usuario", account: "cuenta" },
  };
  return `${words[lang][kind]} ${name(user)}`;
}

/** "shrinkage, branch 3, from 18:02 to 19:40 (high): 45, where about 3 were to be expected" @param date a day that need not be named */
export function anomalyPhrase(anomaly: AnomalyFact, telling: Telling, date?: string): string {
  const { label, entity_type, entity_id, actor, severity, from, to } = anomaly;
  const entity = entityPhrase(entity_type, entity_id, telling);
  const person = actor === null ? [] : [personPhrase(actor, telling)];
  const about = [...new Set([entity, ...person])].join(", ");
  const measured = detectorWords(anomaly.detector, telling.lang).measured(anomaly.numbers, telling);
  const head = `${lowerFirst(label)}, ${about}, ${telling.span(from, to, date)} (${severityWords[telling.lang][severity]})`;
  if (measured !== undefined) return `${head}: ${measured}`;
  const [open, close] = telling.lang === "es" ? ["«", "»"] : ["“", "”"];
  return anomaly.reason === ""
    ? head
    : `${head}: ${open}${anomaly.reason.replace(/[«»“”]/g, "'").replace(/\.$/, "")}${close}`;
}
