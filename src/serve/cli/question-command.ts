// serve/cli: what commands that ask the trail share: whom they ask (a store file, or a running service), and in which
// language, zone and width the answer is shown. With --json the answer is printed as it is.
import { type BaseContext, Option } from "clipanion";
import { localZone } from "../../lib/zoned-time.ts";
import type { Config, ConfigKey } from "../../model/config.ts";
import type { Language } from "../../model/language.ts";
import type { Answer, Answerer, QuestionInput, QuestionName } from "../../model/question.ts";
import { BaseCommand, definedOnly, parseCount, settingFlag } from "./base-command.ts";
import { toRemoteService } from "./load-config.ts";
import { type MomentContext, parseRange, rangeFlags } from "./moment.ts";
import { createProgress } from "./progress.ts";
import { createVoice, languageOf, type Voice } from "./voice.ts";

/** A search waits this long for its index; what is not in it by then is looked at row by row. */
const indexingMs = 30_000;

export abstract class QuestionCommand extends BaseCommand {
  url = settingFlag("url");
  zone = settingFlag("zone");
  lang = settingFlag("lang");

  #settings: Config | undefined;
  #voice: Voice | undefined;

  protected override flags(): Partial<Record<ConfigKey, string>> {
    const { url, zone, lang } = this;
    return definedOnly({ ...super.flags(), url, zone, lang });
  }

  protected get settings(): Config {
    this.#settings ??= this.loadConfig();
    return this.#settings;
  }

  /** The service to ask; undefined where the store file is. A store named on the command line is meant, whatever the rest says. */
  protected remoteService(): ReturnType<typeof toRemoteService> {
    return this.store !== undefined && this.url === undefined ? undefined : toRemoteService(this.settings);
  }

  protected async openAnswerer(): Promise<Answerer> {
    const service = this.remoteService();
    if (service === undefined) {
      const progress = createProgress(this.voice.words.search.indexing, "", this.context.stderr, !this.json);
      const catchUp = { millisecondsMax: indexingMs, onProgress: progress.update, onEnd: () => progress.stop() };
      const { createLocalAnswerer } = await import("../../pipeline/local-answerer.ts");
      return createLocalAnswerer(await this.openReader(), { catchUp });
    }
    const { createRemoteAnswerer } = await import("../remote-answerer.ts");
    return createRemoteAnswerer(service);
  }

  protected get voice(): Voice {
    const { lang, zone = localZone() } = this.settings;
    const width = terminalWidth(this.context);
    this.#voice ??= createVoice(this.context.stdout, { language: lang ?? languageOf(this.context.env), zone, width });
    return this.#voice;
  }

  /** As the terminal speaks; for a program only what it was told, so that its answer is the same on every machine. */
  protected get wordsLanguage(): Language {
    return this.settings.lang ?? (this.json ? "en" : languageOf(this.context.env));
  }

  protected get moments(): MomentContext {
    return { zone: this.voice.zone, now: Date.now() };
  }

  protected printLines(lines: readonly string[]): void {
    for (const line of lines) this.print(line);
  }

  /** A service records for itself who asked it; and `status` tells of no event. */
  protected override async recorded<T extends object>(
    question: string,
    input: object,
    answer: () => Promise<T>,
  ): Promise<T> {
    const isRecorded = this.remoteService() === undefined && question !== "status";
    return isRecorded ? await super.recorded(question, input, answer) : await answer();
  }

  /** Asks, and shows the answer. */
  protected async ask<Name extends QuestionName>(
    name: Name,
    input: QuestionInput<Name>,
    render: (answer: Answer<Name>, voice: Voice) => readonly string[],
  ): Promise<Answer<Name>> {
    // Mistakes in settings are told before anything is asked.
    const { voice } = this;
    await using answerer = await this.openAnswerer();
    const answer = await this.recorded(name, input, async () => await answerer.ask(name, input));
    if (this.json) this.printJson(answer);
    else this.printLines(render(answer, voice));
    return answer;
  }
}

/** A question with a range of time. */
export abstract class RangeCommand extends QuestionCommand {
  start = rangeFlags.start();
  end = rangeFlags.end();

  protected range(): { from?: string; to?: string } {
    return parseRange(this, this.moments);
  }
}

/** A range of which one page is shown. */
export abstract class PageCommand extends RangeCommand {
  limit = Option.String("--limit", { description: "Items to show, at most." });
  cursor = Option.String("--cursor", { description: "Go on from where the answer before ended, as it says there." });

  protected page(max: number): { limit?: number; cursor?: string } {
    return {
      ...(this.limit === undefined ? {} : { limit: parseCount("--limit", this.limit, 1, max) }),
      ...(this.cursor === undefined ? {} : { cursor: this.cursor }),
    };
  }
}

/** Only what was given: an absent filter must not become a text. */
export function given<T extends Record<string, unknown>>(filters: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}

function terminalWidth({ stdout, env }: BaseContext): number | undefined {
  const { isTTY, columns } = stdout as Partial<NodeJS.WriteStream>;
  const asked = Number(env["COLUMNS"]);
  if (Number.isInteger(asked) && asked >= 20) return asked;
  return isTTY === true ? columns : undefined;
}
