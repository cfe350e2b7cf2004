// serve/cli: flags, AUDIT_* variables, those of a `.env`, one config file -> Config, in that order of precedence. Parsed once, here.
import { readFileSync } from "node:fs";
import type { z } from "zod";
import { suggestion } from "../../infer/suggest.ts";
import { AppError } from "../../model/app-error.ts";
import { type Config, type ConfigKey, configSchema, secretKeys, type SourceConnection } from "../../model/config.ts";
import type { RemoteService } from "../remote-service.ts";
import { readSettingFiles, readVariables, type SettingFiles } from "./setting-files.ts";

export interface ConfigSources {
  flags: Partial<Record<ConfigKey, string>>;
  configFile: string | undefined;
  env: NodeJS.ProcessEnv;
}

/** @throws usage.config naming the setting, where it came from, and what it takes. */
export function loadConfig(sources: ConfigSources): Config {
  const { configFile, env } = sources;
  return parseSettings(readSettingFiles(configFile ?? env["AUDIT_CONFIG"]), sources);
}

/** The same of files that were read already. @throws usage.config */
export function parseSettings(files: SettingFiles, { flags, env }: Pick<ConfigSources, "flags" | "env">): Config {
  const merged = mergeSettings([files.config, files.dotEnv, readVariables(env), definedOnly(flags)]);
  const parsed = configSchema.safeParse(merged);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.flatMap((issue) => {
    const keys = issue.code === "unrecognized_keys" ? issue.keys : [String(issue.path[0] ?? "")];
    return keys.map((key) => ({ key, message: describeFault(key, issue), origin: originOf(key, flags, env, files) }));
  });
  const [first, ...others] = faults.map(({ message }) => message);
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  throw new AppError("usage.config", `${first ?? "the settings are wrong"}${more}`, {
    hint: `${faults[0]?.origin}. ${others.length === 0 ? "" : `Also: ${others.join("; ")}. `}The settings: ${Object.keys(configSchema.shape).join(", ")}.`,
    details: faults.map(({ message, origin }) => `${message} (${origin})`),
  });
}

/** The last one wins. A secret and the file that holds it are two ways to give one thing: the later way takes the earlier one's place. */
function mergeSettings(sources: readonly Record<string, unknown>[]): Record<string, unknown> {
  const merged: Record<string, unknown> = {};
  for (const source of sources) {
    for (const key of secretKeys) if ((source[key] ?? "") !== "") delete merged[`${key}_file`];
    Object.assign(merged, source);
  }
  return merged;
}

/** Where each setting that was given came from: a flag, a variable, the `.env`, or the config file by its path. */
export function settingOrigins({ flags, configFile, env }: ConfigSources): Map<string, string> {
  const { path, config, dotEnv } = readSettingFiles(configFile ?? env["AUDIT_CONFIG"]);
  const origins = new Map<string, string>();
  for (const key of Object.keys(config)) origins.set(key, path);
  for (const key of Object.keys(dotEnv)) origins.set(key, ".env");
  for (const key of Object.keys(readVariables(env))) origins.set(key, `AUDIT_${key.toUpperCase()}`);
  for (const key of Object.keys(definedOnly(flags))) origins.set(key, `--${key.replaceAll("_", "-")}`);
  return origins;
}

function describeFault(key: string, issue: z.core.$ZodIssue): string {
  if (issue.code !== "unrecognized_keys") return `setting ${key}: ${issue.message}`;
  return `setting ${key}: there is none of that name${suggestion(key, Object.keys(configSchema.shape))}`;
}

export function toSourceConnection(config: Config): SourceConnection {
  const { host, port, user, tls } = config;
  const password =
    config.password_file === undefined ? config.password : readText(config.password_file, "password_file").trimEnd();
  const tlsCa = config.tls_ca === undefined ? undefined : readText(config.tls_ca, "tls_ca");
  return { host, port, user, password, tls, tlsCa };
}

/** With the key of the model itself, wherever it was given. */
export function withModelKey(config: Config): Config {
  if (config.model_key_file === undefined) return config;
  return { ...config, model_key: readText(config.model_key_file, "model_key_file").trim() };
}

/** With the webhook's address and the secret that signs it, and the authority of the syslog receiver (PEM text), themselves. */
export function withAlertSecrets(config: Config): Config {
  const { webhook_url_file: url, webhook_secret_file: secret, syslog_ca: ca } = config;
  return {
    ...config,
    ...(url === undefined ? {} : { webhook_url: parseWebhookUrl(readText(url, "webhook_url_file").trim(), url) }),
    ...(secret === undefined ? {} : { webhook_secret: readText(secret, "webhook_secret_file").trim() }),
    ...(ca === undefined ? {} : { syslog_ca: readText(ca, "syslog_ca") }),
  };
}

/** What the file says is in no message. @throws usage.config */
function parseWebhookUrl(text: string, path: string): string {
  const parsed = configSchema.shape.webhook_url.safeParse(text);
  if (parsed.success && parsed.data !== undefined) return parsed.data;
  throw new AppError("usage.config", `setting webhook_url_file: ${parsed.error?.issues[0]?.message ?? "is empty"}`, {
    hint: `It is what ${path} holds.`,
  });
}

/** The service to ask; undefined where the store file is. */
export function toRemoteService(config: Config): RemoteService | undefined {
  if (config.url === undefined) return undefined;
  const token = config.token_file === undefined ? config.token : readText(config.token_file, "token_file").trim();
  return { url: config.url, token: token === "" ? undefined : token };
}

/** Certificate and key of the HTTP API; undefined where it speaks plain HTTP. @throws usage.config when one is missing */
export function toListenTls({ listen_tls_cert, listen_tls_key }: Config): { cert: string; key: string } | undefined {
  if (listen_tls_cert === undefined && listen_tls_key === undefined) return undefined;
  if (listen_tls_cert === undefined || listen_tls_key === undefined) {
    throw new AppError("usage.config", "settings listen_tls_cert and listen_tls_key go together", {
      hint: "Give both, or neither for plain HTTP.",
    });
  }
  return { cert: readText(listen_tls_cert, "listen_tls_cert"), key: readText(listen_tls_key, "listen_tls_key") };
}

function definedOnly(flags: ConfigSources["flags"]): Record<string, string> {
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
}

function originOf(
  key: string,
  flags: ConfigSources["flags"],
  env: NodeJS.ProcessEnv,
  { dotEnv }: SettingFiles,
): string {
  if (flags[key as ConfigKey] !== undefined) return `From --${key.replaceAll("_", "-")}`;
  const variable = `AUDIT_${key.toUpperCase()}`;
  if (env[variable] !== undefined) return `From ${variable}`;
  return dotEnv[key] === undefined ? "From the config file" : `From ${variable} in .env`;
}

function readText(path: string, setting: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new AppError("usage.config", `setting ${setting}: cannot read ${path}`, {
      hint: "Check the path and its permissions.",
      cause: error,
    });
  }
}
