// Tokens of the service: what they look like, what they allow.

export const tokenScopes = ["read", "export", "admin"] as const;
export type TokenScope = (typeof tokenScopes)[number];

/** So that a token is known as one wherever it turns up, in a log or in a scan for secrets. */
export const tokenPrefix = "ao_";

/** A token without what makes it one. Times are RFC 3339, UTC. */
export interface Token {
  name: string;
  scopes: TokenScope[];
  created_at: string;
  /** null: does not expire. */
  expires_at: string | null;
  revoked_at: string | null;
  /** When it last read the trail, as the access log has it. */
  last_used_at: string | null;
}

export function isUsable({ expires_at, revoked_at }: Pick<Token, "expires_at" | "revoked_at">, now: string): boolean {
  return revoked_at === null && (expires_at === null || now < expires_at);
}
