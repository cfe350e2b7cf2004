// serve/cli: `auditctl init`. Five questions, a look at the server, and a config file with the password in a file beside it.
import { dirname, join, resolve } from "node:path";
import { Command, Option } from "clipanion";
import type { SetupReport } from "../../capture/setup-check.ts";
import { AppError, exitStatus } from "../../model/app-error.ts";
import type { Config, ConfigKey } from "../../model/config.ts";
import { definedOnly, settingFlag, SourceCommand } from "./base-command.ts";
import {
  configText,
  keptByFile,
  type InitSettings,
  makeFolder,
  passwordPath,
  refuseIfThere,
  writePrivate,
} from "./init-file.ts";
import type { Questions } from "./init-questions.ts";
import { parseSettings, toSourceConnection } from "./load-config.ts";
import { renderDoctor } from "./render-doctor.ts";
import { defaultConfigFile, readDotEnv } from "./setting-files.ts";
import { createPaint, printable } from "./terminal.ts";
import { languageOf } from "./voice.ts";
import { type InitWords, initWords } from "./words/init-words.ts";

export class InitCommand extends SourceCommand {
  static override paths = [["init"]];
  static override usage = Command.Usage({
    description: "Ask five questions, check the server, and write a config file.",
    details:
      "The password goes into a file of its own beside it, and both can be read by you alone (mode 0600). Where the server refuses the account, the SQL that makes it is printed; " +
      "the server itself is not changed. Nothing that is there is written over without --force. Exit status 0 when the server is ready; as `doctor` where it is not, with the files written all the same.",
    examples: [
      ["On a terminal", "auditctl init"],
      ["For a service of the whole machine", "sudo auditctl init --config /etc/audit-overlay/audit-overlay.yaml"],
      [
        "Without questions, for a script",
        "AUDIT_PASSWORD=… auditctl init --yes --host db.example.com --user audit_overlay --databases shop",
      ],
    ],
  });

  databases = settingFlag("databases");
  rules = settingFlag("rules");
  lang = settingFlag("lang");
  yes = Option.Boolean("--yes", false, { description: "Ask nothing: flags, environment and defaults count." });
  force = Option.Boolean("--force", false, { description: "Write over files that are there." });

  protected override flags(): Partial<Record<ConfigKey, string>> {
    const { databases, rules, lang } = this;
    return definedOnly({ ...super.flags(), databases, rules, lang });
  }

  protected override async run(): Promise<number> {
    const path = resolve(this.config ?? this.context.env["AUDIT_CONFIG"] ?? defaultConfigFile);
    const known = this.knownSettings(path);
    const words = initWords[known.lang ?? languageOf(this.context.env)];
    const secretPath = known.password_file === undefined ? passwordPath(path) : null;
    if (!this.force) refuseIfThere(secretPath === null ? [path] : [path, secretPath]);
    const answered = this.yes ? await this.answerByThemselves(known) : await this.askPerson(known, words);
    if (answered === null) {
      this.tell([words.cancelled]);
      return exitStatus.failure;
    }
    const { config, setup } = answered;
    const settings = toSettings(config, config.password === "" ? null : secretPath, setup.databases);
    makeFolder(dirname(settings.store), 0o700);
    const isOurs = settings.password_file !== undefined && settings.password_file === secretPath;
    const secret: [string, string][] = isOurs ? [[secretPath, `${config.password}\n`]] : [];
    writePrivate(new Map([...secret, [path, configText(settings)]]));
    this.report(path, settings, setup, words);
    return setup.error?.exitStatus ?? (setup.ready ? 0 : exitStatus.misconfigured);
  }

  /** Flags, environment and `.env`; never what an earlier config file says. Paths are absolute, as they are written. */
  private knownSettings(path: string): Config {
    const folder = dirname(path);
    const store = /^\/etc(\/|$)/.test(folder)
      ? "/var/lib/audit-overlay/audit-overlay.db"
      : join(folder, "audit-overlay.db");
    const files = { path, config: { store }, dotEnv: readDotEnv(folder) };
    const config = parseSettings(files, { flags: this.flags(), env: this.context.env });
    return {
      ...config,
      store: resolve(config.store),
      ...(config.password_file === undefined ? {} : { password_file: resolve(config.password_file) }),
      ...(config.tls_ca === undefined ? {} : { tls_ca: resolve(config.tls_ca) }),
    };
  }

  private async answerByThemselves(config: Config): Promise<{ config: Config; setup: SetupReport }> {
    if (!keptByFile(config.password)) {
      throw new AppError("usage.config", `setting password: ${initWords.en.trailingSpace}`, {
        hint: "Give the account another password.",
      });
    }
    const setup = await check(config);
    this.tell(this.describe(setup, initWords[config.lang ?? languageOf(this.context.env)]));
    return { config, setup };
  }

  /** null where the person broke off. */
  private async askPerson(known: Config, words: InitWords): Promise<{ config: Config; setup: SetupReport } | null> {
    const { stdin } = this.context;
    if ((stdin as Partial<NodeJS.ReadStream>).isTTY !== true) {
      throw new AppError("usage.argument", "nobody is there to answer: standard input is no terminal", {
        hint: "Give --yes, with --host, --user, --databases, --store, and the password in AUDIT_PASSWORD.",
      });
    }
    const { askDatabases, askLogin, askStore, askWhatNow } = await import("./init-questions.ts");
    const questions: Questions = { input: stdin, output: knowingItsWidth(this.people), words };
    this.tell([words.title, ""]);
    const passwordOrigin = known.password_file ?? (known.password === "" ? null : "AUDIT_PASSWORD");
    let config = known;
    let setup: SetupReport | null = null;
    for (let next = "change"; next !== "anyway" && setup?.ready !== true;) {
      if (next === "change") {
        const login = await askLogin(config, passwordOrigin, questions);
        if (login === null) return null;
        config = { ...config, ...login };
      }
      this.tell([words.checking(`${printable(config.host)}:${config.port}`)]);
      setup = await check(config);
      this.tell(this.describe(setup, words));
      const answer = setup.ready ? "anyway" : await askWhatNow(questions);
      if (answer === null) return null;
      next = answer;
    }
    const databases = await askDatabases(config.databases, setup?.databases ?? null, questions);
    if (databases === null) return null;
    const store = await askStore(config.store, questions);
    if (store === null || setup === null) return null;
    return { config: { ...config, databases, store: resolve(store) }, setup };
  }

  private describe(setup: SetupReport, words: InitWords): string[] {
    const paint = createPaint(this.people);
    const lines: string[] = [];
    if (setup.error !== null) lines.push(`${paint("red", "FAIL")} ${printable(setup.error.message, 2_000)}`);
    // A refused login is cured by the SQL below.
    if (setup.error !== null && setup.error.code !== "source.access_denied")
      lines.push(`     ${printable(setup.error.hint, 2_000)}`);
    if (setup.report !== null && setup.accounts !== null)
      lines.push(...renderDoctor(setup.report, setup.accounts, paint));
    if (setup.sql.length > 0) lines.push("", words.sql, "", ...setup.sql.map((line) => printable(line, 2_000)));
    return [...lines, ""];
  }

  private report(path: string, settings: InitSettings, setup: SetupReport, words: InitWords): void {
    const next = this.nextCommands(path, setup.ready);
    if (this.json) {
      const { error, report, accounts, sql, ready, databases } = setup;
      const { password_file, ...rest } = settings;
      this.printJson({
        ready,
        config: path,
        settings: { ...rest, password_file: password_file ?? null, tls_ca: rest.tls_ca ?? null },
        source: report?.identity ?? null,
        checks: report?.checks ?? [],
        limits: report?.limits ?? [],
        accounts,
        databases_seen: databases,
        error: error?.toJSON().error ?? null,
        sql,
        next,
      });
      return;
    }
    if (settings.password_file !== undefined) this.print(words.written(printable(settings.password_file, 500)));
    this.print(words.written(printable(path, 500)));
    this.print(setup.ready ? words.ready : words.notReady);
    const isOurPack = settings.rules.length === 1 && settings.rules[0] === "pharmacy" && this.rules === undefined;
    if (isOurPack) this.print(words.pharmacy);
    if (settings.rules.length === 0) this.print(words.suggest);
    this.print("");
    this.print(words.commands);
    for (const command of next) this.print(`  ${printable(command, 1_000)}`);
  }

  private nextCommands(path: string, ready: boolean): string[] {
    const { env } = this.context;
    const isFound =
      this.config === undefined || (env["AUDIT_CONFIG"] === undefined && path === resolve(defaultConfigFile));
    const flag = isFound ? "" : ` --config ${/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`}`;
    return (ready ? ["run", "status"] : ["doctor", "run"]).map((command) => `auditctl ${command}${flag}`);
  }

  /** Where people read: standard output, unless a program reads that. */
  private get people(): NodeJS.WritableStream & SourceCommand["context"]["stdout"] {
    return this.json ? this.context.stderr : this.context.stdout;
  }

  private tell(lines: readonly string[]): void {
    if (this.json && this.yes) return;
    for (const line of lines) this.people.write(`${line}\n`);
  }
}

/** A terminal that nobody told its width, as that of a script, has 0 columns: each letter would get a line of its own. */
function knowingItsWidth<T extends object>(output: T & { columns?: number }): T {
  if (output.columns === 0) output.columns = 80;
  return output;
}

async function check(config: Config): Promise<SetupReport> {
  // Loaded here, not above: the client library costs a start a fifth of a second.
  const { checkSetup } = await import("../../capture/setup-check.ts");
  return await checkSetup(toSourceConnection(config));
}

/** @param secretPath where the password was written, null where nowhere; @param seen names of the server's databases */
function toSettings(config: Config, secretPath: string | null, seen: readonly string[] | null): InitSettings {
  const { host, port, user, tls, tls_ca, databases, store, rules } = config;
  const password_file = config.password_file ?? secretPath ?? undefined;
  const kept = databases.length > 0 ? databases : (seen ?? []);
  // A pack is a name of ours, or a file; a file is found from wherever the program is started.
  const named = rules.map((pack) => (/[/\\]|\.ya?ml$/i.test(pack) ? resolve(pack) : pack));
  const packs = named.length === 0 && kept.includes("pharmacy") ? ["pharmacy"] : named;
  return { host, port, user, password_file, tls, tls_ca, databases, store, rules: packs };
}
