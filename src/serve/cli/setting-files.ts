// serve/cli: the files that settings come from, the config file and the `.env` beside it -> what they say, by setting. A file with
// a secret in it that others may read is refused.
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseEnv } from "node:util";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { AppError } from "../../model/app-error.ts";
import { type ConfigKey, secretKeys } from "../../model/config.ts";

export const defaultConfigFile = "audit-overlay.yaml";
const dotEnvBytesMax = 1_048_576;
/** Variables that are not settings: where the config file is, and what this project's own tests read. */
const otherVariables = /^AUDIT_(CONFIG|TEST_\w+)$/;

export interface SettingFiles {
  /** The path as it was given, for people to recognize. */
  path: string;
  config: Record<string, unknown>;
  dotEnv: Record<string, string>;
}

/** @param given the config file's path, where one is named; it must be there then */
export function readSettingFiles(given: string | undefined): SettingFiles {
  const path = given ?? defaultConfigFile;
  return { path, config: readConfigFile(path, given !== undefined), dotEnv: readDotEnv(dirname(path)) };
}

/** Settings among variables. A name that is no setting stays in: it is told as a mistake. */
export function readVariables(variables: NodeJS.Dict<string>): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const [name, value] of Object.entries(variables)) {
    if (!name.startsWith("AUDIT_") || value === undefined || otherVariables.test(name)) continue;
    settings[name.slice("AUDIT_".length).toLowerCase()] = value;
  }
  return settings;
}

/** One that names nothing of ours is another program's, and none of our business. */
export function readDotEnv(folder: string): Record<string, string> {
  const path = join(folder, ".env");
  if (!isSmallFile(path)) return {};
  const variables = parseEnv(readText(path, "What this program may not read it cannot obey: stand in another folder."));
  const settings = readVariables(variables);
  if ("AUDIT_CONFIG" in variables) {
    throw new AppError("usage.config", `${path}: AUDIT_CONFIG cannot stand there`, {
      hint: "The .env beside the config file is read, so it cannot name that file: give --config, or set it in the environment.",
    });
  }
  if (Object.keys(settings).length > 0) refuseIfOpen(path, "AUDIT_ variables");
  return settings;
}

/** A folder by that name is a Python environment; one in a folder that we may not look into is not there for us. */
function isSmallFile(path: string): boolean {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats?.isFile() === true && stats.size <= dotEnvBytesMax;
  } catch {
    return false;
  }
}

function readConfigFile(path: string, required: boolean): Record<string, unknown> {
  if (!existsSync(path)) {
    if (!required) return {};
    throw new AppError("usage.config", `there is no config file ${path}`, {
      hint: "Check --config or AUDIT_CONFIG; `auditctl init` writes one.",
    });
  }
  const settings = parseConfig(path, readText(path, "Check its permissions."));
  const secret = Object.keys(settings).find((key) => secretKeys.has(key as ConfigKey) && settings[key] !== "");
  if (secret !== undefined) refuseIfOpen(path, `\`${secret}\` in clear`);
  return settings;
}

function parseConfig(path: string, text: string): Record<string, unknown> {
  try {
    const content: unknown = parseYaml(text);
    return content === null ? {} : z.record(z.string(), z.unknown()).parse(content);
  } catch (error) {
    const message =
      error instanceof z.ZodError
        ? "must be `key: value` lines"
        : String(error instanceof Error ? error.message : error);
    throw new AppError("usage.config", `config file ${path}: ${message.split("\n")[0]}`, {
      hint: "It is YAML, one setting per line.",
      cause: error,
    });
  }
}

/** Windows has no such modes. */
function refuseIfOpen(path: string, what: string): void {
  const mode = statSync(path).mode & 0o777;
  if (process.platform === "win32" || (mode & 0o077) === 0) return;
  throw new AppError("usage.config", `${path} holds ${what}, and others may use it (mode 0${mode.toString(8)})`, {
    hint: `chmod 600 ${path}`,
  });
}

function readText(path: string, hint: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new AppError("usage.config", `cannot read ${path} (${code})`, { hint, cause: error });
  }
}
