// Takes a template with {{placeholders}} and their values; gives the text with them in place, and the names that are amiss.

export interface Filled {
  text: string;
  /** Placeholders without a value, in the order of the text. */
  missing: string[];
  /** Values for which the template has no place: a typing mistake, most likely. */
  unknown: string[];
}

const placeholder = /\{\{\s*([a-z][a-z0-9_]*)\s*\}\}/g;

/** What stands in a draft where a value is missing: a line to write on. */
export function blankOf(name: string): string {
  return `______ (${name.replaceAll("_", " ")})`;
}

export function fillPlaceholders(template: string, values: Readonly<Record<string, string>>): Filled {
  const named = [...template.matchAll(placeholder)].map((match) => match[1] ?? "");
  const missing = [...new Set(named)].filter((name) => !Object.hasOwn(values, name));
  const unknown = Object.keys(values).filter((name) => !named.includes(name));
  const text = template.replaceAll(placeholder, (_all, name: string) =>
    Object.hasOwn(values, name) ? asMarkdownText(values[name] ?? "") : blankOf(name),
  );
  return { text, missing, unknown };
}

/** A value is text, whatever is in it: neither a table's bar nor a mark of Markdown. */
function asMarkdownText(value: string): string {
  return value.replaceAll(/\s+/g, " ").replaceAll(/[\\`*_[\]<>|#&~]/g, String.raw`\$&`);
}
