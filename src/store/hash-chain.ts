// store: the ledger's hashes. Takes column values as they are stored, gives SHA-256 digests.
// Hashing the stored text itself (not a re-reading of it) is what makes one changed byte show.
import { createHash, hash, randomFillSync } from "node:crypto";

/** A stored column value. A Buffer where text was written means the file was changed, and its digest will differ. */
export type ColumnValue = string | number | null | Buffer;

export const genesisHash: Buffer = Buffer.alloc(32);

const saltBytes = 16;
// One call into the random generator for 256 salts: per-row calls were the costliest part of an append.
const saltPool = Buffer.alloc(saltBytes * 256);
let saltOffset = saltPool.length;

export function createSalt(): Buffer {
  if (saltOffset === saltPool.length) {
    randomFillSync(saltPool);
    saltOffset = 0;
  }
  const salt = Buffer.from(saltPool.subarray(saltOffset, saltOffset + saltBytes));
  saltOffset += saltBytes;
  return salt;
}

/** Digest of one event: SHA-256(salt ‖ JSON array of its columns). The JSON keeps text, number and null apart. */
export function eventDigest(salt: Buffer, columns: readonly ColumnValue[]): Buffer {
  // By way of a string: a Buffer of its own for each digest is memory that the garbage collector frees late.
  const digest = hash("sha256", Buffer.concat([salt, Buffer.from(JSON.stringify(columns))]), "binary");
  return Buffer.from(digest, "binary");
}

/**
 * Hash of one ledger entry: SHA-256(prev_hash ‖ digest of each event in order ‖ JSON array of the header columns).
 * The header comes last because it holds the counts: a transaction of any size can be hashed as it arrives.
 */
export function startEntryHash(prevHash: Buffer): EntryHash {
  const state = createHash("sha256").update(prevHash);
  return {
    add: (digest) => void state.update(digest),
    finish: (header) => state.update(JSON.stringify(header)).digest(),
  };
}

export interface EntryHash {
  /** The digest of the next event. */
  add: (digest: Buffer) => void;
  finish: (header: readonly ColumnValue[]) => Buffer;
}

/** The same, of an entry whose events are all at hand. */
export function entryHash(prevHash: Buffer, digests: readonly Buffer[], header: readonly ColumnValue[]): Buffer {
  const hashing = startEntryHash(prevHash);
  digests.forEach(hashing.add);
  return hashing.finish(header);
}

/** Over changes that wait for a decision: SHA-256(salt ‖ for each in order its ordinal, a space, its JSON, a line feed), in hexadecimal. */
export function startWaitingDigest(salt: Buffer): WaitingDigest {
  const state = createHash("sha256").update(salt);
  return {
    // JSON holds no line feed, so where one change ends is certain.
    add: (seq, json) => void state.update(`${seq} ${json}\n`),
    finish: () => state.digest("hex"),
  };
}

export interface WaitingDigest {
  add: (seq: number, json: string) => void;
  finish: () => string;
}
