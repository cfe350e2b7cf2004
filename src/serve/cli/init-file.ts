// serve/cli: what `auditctl init` writes: the text of a config file, and a file with the password beside it, each whole or not at all.
import { randomBytes } from "node:crypto";
import { mkdirSync, renameSync, rmSync, type Stats, statSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { stringify } from "yaml";
import { locateFiles } from "../../lib/package-root.ts";
import { AppError } from "../../model/app-error.ts";
import type { Config } from "../../model/config.ts";

export type InitSettings = Pick<
  Config,
  "host" | "port" | "user" | "password_file" | "tls" | "tls_ca" | "databases" | "store" | "rules"
>;

/** `audit-overlay.yaml` -> `audit-overlay.password` */
export function passwordPath(configPath: string): string {
  return join(dirname(configPath), `${basename(configPath, extname(configPath))}.password`);
}

export function configText(settings: InitSettings): string {
  const { host, port, user, password_file, tls, tls_ca, databases, store, rules } = settings;
  return `# Settings of audit-overlay, written by \`auditctl init\`. One per line; a line that begins with # is not in force.
# All of them: ${locateFiles("docs/configuration.md")}. Which are in force: auditctl config show

# The server whose log is read, and the account that reads it.
${line("host", host)}
${line("port", port)}
${line("user", user)}
${password_file === undefined ? "# password_file: audit-overlay.password" : line("password_file", password_file)}
${tls === "auto" ? "# Another machine is spoken to encrypted; to have its certificate checked too:\n# tls: verify" : line("tls", tls)}
${tls_ca === undefined ? "# tls_ca: db-ca.pem" : line("tls_ca", tls_ca)}

# What is kept, and in which file.
${databases.length === 0 ? "# Without this, every database:\n# databases: [shop]" : line("databases", databases)}
${line("store", store)}

# What rows mean. A first pack for a database of your own: auditctl rules suggest --database NAME --out pack.yaml
${rules.length === 0 ? "# rules: [pack.yaml]" : line("rules", rules)}

# The time zone of days and hours. Without this, the machine's.
# zone: America/Lima

# The HTTP API, in the same process. For other machines than this one: ${locateFiles("docs/api.md")}
# listen: 127.0.0.1:8180
`;
}

/** Quoted where YAML would take it for something else. */
function line(key: string, value: string | number | readonly string[]): string {
  const text = stringify(value, { collectionStyle: "flow", flowCollectionPadding: false, lineWidth: 0 }).trimEnd();
  // A text of several lines would become a block, which needs a line of its own.
  return `${key}: ${text.includes("\n") ? JSON.stringify(value) : text}`;
}

/** @throws usage.config when one of them is there already, or nobody can say */
export function refuseIfThere(paths: readonly string[]): void {
  const there = paths.flatMap((path) => {
    const stats = statsOf(path);
    return stats === undefined ? [] : [`${path} (${stats.size} bytes, of ${stats.mtime.toISOString().slice(0, 16)}Z)`];
  });
  if (there.length === 0) return;
  throw new AppError("usage.config", `${there.join(" and ")} ${there.length === 1 ? "is" : "are"} there already`, {
    hint: "--force writes over what is there; --config names another file.",
  });
}

function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

/** A password file is read without the white space at its ends, and is one line. */
export function keptByFile(secret: string): boolean {
  return secret === secret.trim() && !/[\r\n]/.test(secret);
}

/** Path to text. Makes their folders where there are none. No file takes its place before all are written; nobody ever sees half
 * of one, nor is there a moment in which others may read it. */
export function writePrivate(files: ReadonlyMap<string, string>): void {
  const drafts = [...files].map(([path, text]) => ({ path, text, draft: draftOf(path) }));
  let writing = "";
  try {
    for (const { path, text, draft } of drafts) {
      writing = path;
      makeFolder(dirname(path), 0o750);
      writeFileSync(draft, text, { mode: 0o600, flag: "wx", flush: true });
    }
    for (const { path, draft } of drafts) {
      writing = path;
      renameSync(draft, path);
    }
  } catch (error) {
    for (const { draft } of drafts) rmSync(draft, { force: true });
    throw cannotWrite(writing, error);
  }
}

function draftOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(4).toString("hex")}`);
}

export function makeFolder(path: string, mode: number): void {
  try {
    mkdirSync(path, { recursive: true, mode });
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

function cannotWrite(path: string, error: unknown): AppError {
  if (error instanceof AppError) return error;
  const { code } = error as NodeJS.ErrnoException;
  return new AppError("usage.config", `cannot write ${path} (${code})`, {
    hint: "Check the path and its permissions; --config names another place.",
    cause: error,
  });
}
