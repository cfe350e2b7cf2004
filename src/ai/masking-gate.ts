// ai: what may enter a prompt. Facts are masked where they are stored; this looks again, and lets nothing through that a rule pack
// masks, that is named like a secret, or that looks like one. Texts are cleaned of what is not text, and cut.
import type { JsonObject, JsonValue } from "../lib/canonical-json.ts";

export interface GateOptions {
  /** Columns that rule packs mask, under whatever table. */
  maskedFields: ReadonlySet<string>;
}

export interface GatedFacts {
  facts: JsonObject;
  plain: string;
}

/** The same that stands where a masked value was stored. */
export const redacted = "[REDACTED]";
const secretKey =
  /(?:^|_)(?:pass(?:word|wd|phrase|code)?|pwd|secret|token|api_?key|private_?key|credentials?|cvv|cvc|pin|salt|hash|ssn|iban|card_?number)(?:_|$)/i;
const secretValue =
  /-----BEGIN [A-Z ]*PRIVATE KEY|\beyJ[\w-]{8,}\.[\w-]+\.|\$2[abxy]\$\d\d\$[./\w]{20,}|\$(?:argon2|scrypt|pbkdf2)\w*\$|\bAKIA[0-9A-Z]{16}\b|\bwhsec_\S+|\bsk-[\w-]{20,}|\bBearer\s+\S{12,}|:\/\/[^/\s:@]+:[^@\s]+@/i;
const cardNumber = /(?<![\d.])\d(?:[ -]?\d){12,18}(?![\d.])/g;
const textCharsMax = 160;
const wordsCharsMax = 800;
const plainCharsMax = 6_000;
const keyCharsMax = 60;
/** Shorter ones are found in other words too. */
const secretCharsMin = 4;

export function gateFacts({ facts, plain }: GatedFacts, { maskedFields }: GateOptions): GatedFacts {
  const secrets = new Set<string>();
  findSecrets(facts, "", maskedFields, secrets);
  const hide = (text: string): string => hideSecrets(text, secrets);
  const gate = (value: JsonValue, key: string): JsonValue => {
    if (typeof value === "string") return cut(clean(hide(value)), key === "reason" ? wordsCharsMax : textCharsMax);
    if (Array.isArray(value)) return value.map((item) => gate(item, key));
    return value === null || typeof value !== "object" ? value : gateObject(value);
  };
  const gateObject = (object: JsonObject): JsonObject =>
    Object.fromEntries(
      Object.entries(object).map(([key, value]) => [
        cut(clean(hide(key)), keyCharsMax),
        isSecret(key, object, maskedFields) ? redactAll(value) : gate(value, key),
      ]),
    );
  const paragraphs = hide(plain).split(/\n+/).map(clean).filter(Boolean);
  return { facts: gateObject(facts), plain: cut(paragraphs.join("\n\n"), plainCharsMax) };
}

/** Under a masked name, also where name and value stand side by side: { column: "password_hash", before: …, after: … }. */
function isSecret(key: string, object: JsonObject, maskedFields: ReadonlySet<string>): boolean {
  if (maskedFields.has(key) || secretKey.test(key)) return true;
  if (!/^(?:value|before|after|old|new|from|to)$/.test(key)) return false;
  const name = object["column"] ?? object["field"];
  return typeof name === "string" && (maskedFields.has(name) || secretKey.test(name));
}

function redactAll(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(redactAll);
  if (value !== null && typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redactAll(item)]));
  // How many there are is no secret, what they are may be a number too.
  return value === null ? null : redacted;
}

function findSecrets(value: JsonValue, key: string, maskedFields: ReadonlySet<string>, found: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) findSecrets(item, key, maskedFields, found);
  else if (value !== null && typeof value === "object") {
    for (const [name, item] of Object.entries(value)) {
      if (isSecret(name, value, maskedFields)) collect(item, found);
      else findSecrets(item, name, maskedFields, found);
    }
  }
}

function collect(value: JsonValue, found: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) collect(item, found);
  else if (value !== null && typeof value === "object") for (const item of Object.values(value)) collect(item, found);
  else if (typeof value === "string" && value.length >= secretCharsMin && value !== redacted) found.add(value);
}

function hideSecrets(text: string, secrets: ReadonlySet<string>): string {
  // Where in it the secret ends is not known for sure.
  if (secretValue.test(text) && text.length <= textCharsMax) return redacted;
  let shown = text.replaceAll(new RegExp(String.raw`(?:${secretValue.source})\S*`, "gi"), redacted);
  shown = shown.replaceAll(cardNumber, (digits) => (isCardNumber(digits) ? redacted : digits));
  for (const secret of secrets) shown = shown.replaceAll(secret, redacted);
  return shown;
}

/** Luhn's check digit. */
function isCardNumber(text: string): boolean {
  const digits = text.replaceAll(/\D/g, "").split("").toReversed().map(Number);
  const sum = digits.reduce((total, digit, index) => {
    const counted = index % 2 === 1 ? digit * 2 : digit;
    return total + (counted > 9 ? counted - 9 : counted);
  }, 0);
  return sum % 10 === 0;
}

/** One line of letters, digits and signs: no control characters, nothing invisible, no lone halves of characters. */
function clean(text: string): string {
  return text
    .normalize("NFC")
    .replaceAll(/[\p{C}\p{Z}]+/gu, " ")
    .trim();
}

function cut(text: string, charsMax: number): string {
  return text.length <= charsMax ? text : `${text.slice(0, charsMax - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
