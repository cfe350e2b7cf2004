// store: the table token. The tokens of the service, by their SHA-256; a token itself is shown once and never stored.
import { hash, randomBytes, timingSafeEqual } from "node:crypto";
import Database from "better-sqlite3";
import { AppError } from "../model/app-error.ts";
import { isUsable, type Token, tokenPrefix, type TokenScope } from "../model/token.ts";

export interface NewToken {
  name: string;
  scopes: readonly TokenScope[];
  expires_at: string | null;
}

export interface TokenQueries {
  /** The token itself, which nobody can be shown again. @throws usage.argument when the name was ever used */
  createToken(token: NewToken, now: string): string;
  /** In the order in which they were made. */
  listTokens(): Token[];
  /** @throws access.no_token */
  revokeToken(name: string, now: string): void;
  /** undefined for one that is unknown, expired or revoked. */
  findToken(token: string, now: string): Pick<Token, "name" | "scopes"> | undefined;
}

interface TokenRow {
  name: string;
  digest: Buffer;
  scopes: string;
  created_at: string;
  expires_at: string | null;
  revoked_at: string | null;
}

export function prepareToken(db: Database.Database, guarded: <T>(work: () => T) => T): TokenQueries {
  const insert = db.prepare<[Omit<TokenRow, "revoked_at">]>(
    `INSERT INTO token (name, digest, scopes, created_at, expires_at)
     VALUES (@name, @digest, @scopes, @created_at, @expires_at)`,
  );
  const all = db.prepare<[], TokenRow>("SELECT * FROM token ORDER BY token_id");
  const revoke = db.prepare<[string, string]>("UPDATE token SET revoked_at = coalesce(revoked_at, ?) WHERE name = ?");
  // The user of a command may have the same name as a token.
  const lastUsed = db
    .prepare<[string], string>(
      "SELECT at FROM access WHERE reader = ? AND face <> 'cli' ORDER BY access_id DESC LIMIT 1",
    )
    .pluck();
  return {
    createToken: ({ name, scopes, expires_at }, created_at) =>
      guarded(() => {
        const token = `${tokenPrefix}${randomBytes(32).toString("base64url")}`;
        try {
          insert.run({ name, digest: digestOf(token), scopes: JSON.stringify(scopes), created_at, expires_at });
        } catch (error) {
          if (!(error instanceof Database.SqliteError) || error.code !== "SQLITE_CONSTRAINT_UNIQUE") throw error;
          throw new AppError("usage.argument", `there is a token ${name} already, or was`, {
            hint: "Give another name: the access log knows readers by it, so that a name is used once.",
          });
        }
        return token;
      }),
    listTokens: () =>
      guarded(() =>
        all.all().map(({ name, scopes, created_at, expires_at, revoked_at }) => ({
          name,
          scopes: JSON.parse(scopes) as TokenScope[],
          created_at,
          expires_at,
          revoked_at,
          last_used_at: lastUsed.get(name) ?? null,
        })),
      ),
    revokeToken: (name, now) =>
      guarded(() => {
        if (revoke.run(now, name).changes > 0) return;
        throw new AppError("access.no_token", `there is no token ${name}`, {
          hint: "`auditctl token list` shows them.",
        });
      }),
    findToken: (token, now) =>
      guarded(() => {
        const digest = digestOf(token);
        // Every one of them, so that the time taken tells nothing.
        const equal = all.all().filter((row) => timingSafeEqual(row.digest, digest));
        const found = equal.find((row) => isUsable(row, now));
        return found === undefined ? undefined : { name: found.name, scopes: JSON.parse(found.scopes) as TokenScope[] };
      }),
  };
}

function digestOf(token: string): Buffer {
  return hash("sha256", token, "buffer");
}
