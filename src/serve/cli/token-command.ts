// serve/cli: `auditctl token create`, `list` and `revoke`. Who may ask the service.
import { Command, Option } from "clipanion";
import { systemClock, toTimestamp } from "../../lib/clock.ts";
import { AppError } from "../../model/app-error.ts";
import { isUsable, type Token, type TokenScope, tokenScopes } from "../../model/token.ts";
import { openServiceStore, type ServiceStore } from "../../store/service-store.ts";
import { BaseCommand } from "./base-command.ts";
import { plural, printable, shortTime } from "./terminal.ts";

/** The reader with the token of `listen_token_file`. */
const ofFile = "listen-token-file";
const reservedNames = ["local", "unknown", "audit-overlay", ofFile];
const dayMs = 86_400_000;
const now = (): string => toTimestamp(systemClock.now());

abstract class TokenCommand extends BaseCommand {
  protected openTokens(): ServiceStore {
    return openServiceStore(this.loadConfig().store);
  }
}

export class TokenCreateCommand extends TokenCommand {
  static override paths = [["token", "create"]];
  static override usage = Command.Usage({
    description: "Make a token for the HTTP API and show it, this once.",
    details:
      "It is kept as a hash, in a file beside the store. The scope `read` is for questions, `export` for /v1/export, `admin` for /v1/verify, /ingest and marking anomalies; " +
      "none holds another. The access log knows readers by the token's name, so a name is used once.",
    examples: [
      ["For a dashboard, for three months", "auditctl token create --name dashboard --expires 90d"],
      [
        "For the auditor, who exports too",
        "auditctl token create --name auditor --scope read,export --expires 2026-12-31",
      ],
    ],
  });

  name = Option.String("--name", { required: true, description: "Name under which the access log knows its reader." });
  scope = Option.String("--scope", "read", { description: `One or more of ${tokenScopes.join(", ")}, with commas.` });
  expires = Option.String("--expires", {
    description: "In so many days (`90d`) or hours (`12h`), or on a day, UTC (`2026-12-31`). Without it: never.",
  });

  protected override async run(): Promise<number> {
    const wanted = {
      name: parseName(this.name),
      scopes: parseScopes(this.scope),
      expires_at: parseExpiry(this.expires),
    };
    using tokens = this.openTokens();
    const token = tokens.createToken(wanted, now());
    if (this.json) this.printJson({ ...wanted, token });
    else {
      const until = wanted.expires_at === null ? "does not expire" : `expires ${shortTime(wanted.expires_at)}`;
      this.print(token);
      this.print(`${wanted.name}: ${wanted.scopes.join(", ")}; ${until}. It is not shown again.`);
    }
    return 0;
  }
}

export class TokenListCommand extends TokenCommand {
  static override paths = [["token", "list"]];
  static override usage = Command.Usage({
    description: "List the tokens of the HTTP API: scopes, until when, and when each last read the trail.",
    examples: [["Which tokens are there?", "auditctl token list"]],
  });

  protected override async run(): Promise<number> {
    using store = this.openTokens();
    const tokens = store.listTokens();
    if (this.json) {
      this.printJson({ tokens });
      return 0;
    }
    const at = now();
    const width = Math.max(0, ...tokens.map(({ name }) => name.length));
    for (const token of tokens) {
      const used = token.last_used_at === null ? "never used" : `last used ${shortTime(token.last_used_at)}`;
      this.print(`${printable(token.name).padEnd(width)}  ${token.scopes.join(",")}  ${describe(token, at)}  ${used}`);
    }
    this.print(plural(tokens.length, "token"));
    return 0;
  }
}

export class TokenRevokeCommand extends TokenCommand {
  static override paths = [["token", "revoke"]];
  static override usage = Command.Usage({
    description: "Revoke a token: from now on, nobody can use it.",
    examples: [["A token that leaked", "auditctl token revoke --name dashboard"]],
  });

  name = Option.String("--name", { required: true, description: "Name of the token." });

  protected override async run(): Promise<number> {
    if (this.name === ofFile) {
      throw new AppError(
        "access.no_token",
        `${ofFile} is the token in the file that the setting listen_token_file names`,
        {
          hint: "Remove that file and start the service again: the old token is void, a new one is made.",
        },
      );
    }
    using tokens = this.openTokens();
    tokens.revokeToken(this.name, now());
    if (this.json) this.printJson({ name: this.name, revoked: true });
    else this.print(`${printable(this.name)} is revoked`);
    return 0;
  }
}

function describe(token: Token, at: string): string {
  if (token.revoked_at !== null) return `REVOKED ${shortTime(token.revoked_at)}`;
  if (token.expires_at === null) return "does not expire";
  return `${isUsable(token, at) ? "expires" : "EXPIRED"} ${shortTime(token.expires_at)}`;
}

function parseName(name: string): string {
  if (/^[\w.-]{1,64}$/.test(name) && !reservedNames.includes(name)) return name;
  throw new AppError("usage.argument", `--name ${name}: letters, digits, ".", "-" and "_", at most 64`, {
    hint: `For example --name dashboard. In the access log ${reservedNames.join(", ")} mean something else.`,
  });
}

function parseScopes(text: string): TokenScope[] {
  const wanted = new Set(text.split(",").map((word) => word.trim()));
  const known = tokenScopes.filter((scope) => wanted.has(scope));
  if (known.length === wanted.size) return known;
  throw new AppError("usage.argument", `--scope ${text}: must be some of ${tokenScopes.join(", ")}`, {
    hint: "For example --scope read,export",
  });
}

function parseExpiry(text: string | undefined): string | null {
  if (text === undefined) return null;
  const [, count, unit] = /^(\d{1,5})([dh])$/.exec(text) ?? [];
  const at =
    count === undefined
      ? Date.parse(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00Z` : "none")
      : systemClock.now() + Number(count) * (unit === "d" ? dayMs : dayMs / 24);
  if (at > systemClock.now()) return toTimestamp(at);
  throw new AppError("usage.argument", `--expires ${text}: must be days, hours or a day to come`, {
    hint: "For example --expires 90d, or --expires 2027-01-31",
  });
}
