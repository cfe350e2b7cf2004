// UUIDv5 in the one namespace of this project. The same name gives the same id in every run and on every machine.
import { hash } from "node:crypto";
import { parse, v5 } from "uuid";

/** uuidv5("cdc", DNS), as bytes. */
const cdcNamespace = Buffer.from(parse(v5("cdc", v5.DNS)));

/** What uuid's `v5` gives, without the hash object that it makes and leaves to the garbage collector in each call. */
export function nameBasedId(name: string): string {
  const digest = hash("sha1", Buffer.concat([cdcNamespace, Buffer.from(name)]), "hex");
  const variant = ((Number.parseInt(digest.charAt(16), 16) & 0b0011) | 0b1000).toString(16);
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `5${digest.slice(13, 16)}`,
    `${variant}${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join("-");
}
