// serve/cli: `auditctl mcp install`. Puts our server into an assistant's configuration: shows the change, asks, keeps a backup.
import { randomBytes } from "node:crypto";
import {
  constants,
  copyFileSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { type BaseContext, Command, Option } from "clipanion";
import { AppError } from "../../model/app-error.ts";
import type { ConfigKey } from "../../model/config.ts";
import { clientFile, type ClientName, clients, type ServerEntry, withServer } from "../mcp/client-config.ts";
import { lineDiff } from "../mcp/line-diff.ts";
import { BaseCommand, definedOnly, settingFlag } from "./base-command.ts";
import { printable } from "./terminal.ts";

export class McpInstallCommand extends BaseCommand {
  static override paths = [["mcp", "install"]];
  static override usage = Command.Usage({
    description: "Tell an AI assistant how to start `auditctl mcp`.",
    details:
      "Shows the change and asks before it writes; everything else in the file stays, and the file as it was is kept beside it. " +
      `Assistants: ${clients.map((client) => `\`${client}\``).join(", ")}; \`claude-code\` and \`vscode\` keep theirs in the folder of the project you stand in. Restart the assistant afterwards.`,
    examples: [
      ["Claude Desktop", "auditctl mcp install --client claude-desktop --store audit-overlay.db"],
      [
        "Of a service elsewhere",
        "auditctl mcp install --client claude-desktop --url http://10.0.0.5:8180 --token-file token.txt",
      ],
      ["Without asking, for a script", "auditctl mcp install --client cursor --yes"],
    ],
  });

  client = Option.String("--client", { required: true, description: `One of ${clients.join(", ")}.` });
  name = Option.String("--name", "audit-overlay", { description: "Name of the server in the assistant." });
  file = Option.String("--file", { description: "The assistant's configuration, where it is not in its usual place." });
  url = settingFlag("url");
  tokenFile = settingFlag("token_file");
  yes = Option.Boolean("--yes", false, { description: "Write without asking." });

  protected override flags(): Partial<Record<ConfigKey, string>> {
    return definedOnly({ ...super.flags(), url: this.url, token_file: this.tokenFile });
  }

  protected override async run(): Promise<number> {
    const client = parseClient(this.client);
    const path = resolve(
      this.file ?? clientFile(client, { platform: process.platform, env: this.context.env, folder: process.cwd() }),
    );
    const before = readIfThere(path);
    const after = withServer(client, before, this.name, this.serverEntry(), path);
    const unchanged = sameJson(before, after);
    if (!unchanged) this.show(path, before, after);
    const write = !unchanged && (this.yes || (await confirm(this.context)));
    const backup = write ? replaceFile(path, before, after) : null;
    if (this.json) this.printJson({ client, file: path, changed: write, backup });
    else this.say(path, { unchanged, write, backup });
    return 0;
  }

  /** With absolute paths: an assistant starts it from a folder of its own, with an environment of its own. */
  private serverEntry(): ServerEntry {
    const { store, url, token, token_file } = this.loadConfig();
    const isRemote = url !== undefined && (this.store === undefined || this.url !== undefined);
    if (isRemote && token_file === undefined && token !== "") {
      throw new AppError("usage.argument", "a token is not written into an assistant's configuration", {
        hint: "Put it into a file that only you can read, and give that with --token-file.",
      });
    }
    const source = isRemote ? ["--url", url] : ["--store", resolve(store)];
    const settings = this.config === undefined ? [] : ["--config", resolve(this.config)];
    return {
      command: process.execPath,
      args: [resolve(process.argv[1] ?? "auditctl"), "mcp", ...source, ...settings],
      ...(isRemote && token_file !== undefined ? { env: { AUDIT_TOKEN_FILE: resolve(token_file) } } : {}),
    };
  }

  private show(path: string, before: string | undefined, after: string): void {
    const out = this.context.stderr;
    out.write(`${path}${before === undefined ? " (new)" : ""}\n`);
    for (const line of lineDiff(before ?? "", after)) out.write(`  ${printable(line, 1_000)}\n`);
  }

  private say(path: string, done: { unchanged: boolean; write: boolean; backup: string | null }): void {
    if (done.unchanged) this.print(`${path} has it already; nothing was changed.`);
    else if (!done.write) this.print("Nothing was changed.");
    else {
      this.print(`Written: ${path}`);
      if (done.backup !== null) this.print(`As it was: ${done.backup}`);
      this.print("Restart the assistant; then ask it what happened yesterday.");
    }
  }
}

async function confirm({ stdin, stderr }: BaseContext): Promise<boolean> {
  if ((stdin as Partial<NodeJS.ReadStream>).isTTY !== true) {
    throw new AppError("usage.argument", "nobody is there to say yes; nothing was changed", {
      hint: "Look at the change above and give --yes.",
    });
  }
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    return /^y(es)?$/i.test((await lines.question("Write this? [y/N] ")).trim());
  } finally {
    lines.close();
  }
}

function parseClient(text: string): ClientName {
  const client = clients.find((name) => name === text);
  if (client !== undefined) return client;
  throw new AppError("usage.argument", `--client ${text}: there is none of that name`, {
    hint: `One of ${clients.join(", ")}; docs/mcp.md shows how to tell others by hand.`,
  });
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw cannot("read", path, error);
  }
}

function sameJson(before: string | undefined, after: string): boolean {
  return before !== undefined && before.trim() !== "" && JSON.stringify(parse(before)) === JSON.stringify(parse(after));
}

function parse(text: string): unknown {
  return JSON.parse(text.replace(/^\ufeff/, ""));
}

/** Whole or not at all, with the permissions that the file had. Gives the backup's path. */
function replaceFile(path: string, before: string | undefined, after: string): string | null {
  const isNew = before === undefined;
  try {
    mkdirSync(dirname(path), { recursive: true });
    // A link to where the file really is stays a link.
    const target = isNew ? path : realpathSync(path);
    const backup = isNew ? null : `${path}.backup-${new Date().toISOString().replaceAll(":", "-")}`;
    if (backup !== null) copyFileSync(target, backup, constants.COPYFILE_EXCL);
    const draft = `${target}.${randomBytes(4).toString("hex")}`;
    writeFileSync(draft, after, { mode: isNew ? 0o600 : statSync(target).mode & 0o777, flush: true });
    renameSync(draft, target);
    return backup;
  } catch (error) {
    throw cannot("write", path, error);
  }
}

function cannot(verb: string, path: string, error: unknown): AppError {
  return new AppError("usage.config", `cannot ${verb} ${path}: ${(error as Error).message}`, {
    hint: "Check the path and its permissions, or give another with --file.",
    cause: error,
  });
}
