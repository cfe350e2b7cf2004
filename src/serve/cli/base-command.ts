// serve/cli: what every command shares: the flags that are settings, and the one edge where an error becomes words and a status.
import { Command, Option } from "clipanion";
import type { JsonObject } from "../../lib/canonical-json.ts";
import { inertJson } from "../../lib/inert-json.ts";
import { AppError } from "../../model/app-error.ts";
import { type Config, type ConfigKey, configSchema } from "../../model/config.ts";
import type { StoreReader } from "../../store/store-reader.ts";
import { loadConfig } from "./load-config.ts";
import { writeError } from "./write-error.ts";

/** A flag that is a setting: its help is the setting's own description. */
export function settingFlag(key: ConfigKey) {
  return Option.String(`--${key.replaceAll("_", "-")}`, { description: configSchema.shape[key].description ?? "" });
}

export abstract class BaseCommand extends Command {
  json = Option.Boolean("--json", false, { description: "Answer in JSON with a stable shape." });
  config = Option.String("--config", {
    description: "Config file (YAML). Default: AUDIT_CONFIG, else ./audit-overlay.yaml where there is one.",
  });
  store = settingFlag("store");

  /** Settings given as flags; commands that take more of them add theirs. */
  protected flags(): Partial<Record<ConfigKey, string>> {
    return this.store === undefined ? {} : { store: this.store };
  }

  protected loadConfig(): Config {
    return loadConfig({ flags: this.flags(), configFile: this.config, env: this.context.env });
  }

  protected async openReader(): Promise<StoreReader> {
    // SQLite is loaded by commands that open a store, when they do.
    const { openStoreReader } = await import("../../store/open-store.ts");
    return openStoreReader(this.loadConfig().store);
  }

  /** Reads the store file, and has that recorded. */
  protected async recorded<T extends object>(question: string, input: object, answer: () => Promise<T>): Promise<T> {
    const { store } = this.loadConfig();
    const { recordReading } = await import("./local-reading.ts");
    return await recordReading({ store, question, input: input as JsonObject }, this.context.stderr, answer);
  }

  protected print(text: string): void {
    this.context.stdout.write(`${text}\n`);
  }

  protected printJson(value: unknown): void {
    this.print(inertJson(value, 2));
  }

  /** Runs the command; an AppError becomes its words and its exit status. */
  async execute(): Promise<number> {
    try {
      return await this.run();
    } catch (error) {
      return writeError(error, { json: this.json, stream: this.context.stderr, env: this.context.env });
    }
  }

  protected abstract run(): Promise<number>;
}

/** A command that talks to the server. */
export abstract class SourceCommand extends BaseCommand {
  host = settingFlag("host");
  port = settingFlag("port");
  user = settingFlag("user");
  passwordFile = settingFlag("password_file");
  tls = settingFlag("tls");
  tlsCa = settingFlag("tls_ca");

  protected override flags(): Partial<Record<ConfigKey, string>> {
    const { host, port, user, tls } = this;
    return definedOnly({
      ...super.flags(),
      host,
      port,
      user,
      tls,
      password_file: this.passwordFile,
      tls_ca: this.tlsCa,
    });
  }
}

/** Command lines set `undefined` for a flag that was not given; such a key must not hide the same setting elsewhere. */
export function definedOnly(flags: Partial<Record<ConfigKey, string | undefined>>): Partial<Record<ConfigKey, string>> {
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
}

/** A whole number in a range, from a flag. @throws usage.argument */
export function parseCount(flag: string, text: string, min: number, max: number): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= min && count <= max) return count;
  throw new AppError("usage.argument", `${flag} ${text}: must be a whole number from ${min} to ${max}`, {
    hint: `For example ${flag} ${Math.min(max, 100)}`,
  });
}
