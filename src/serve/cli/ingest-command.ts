// serve/cli: `auditctl ingest`. Puts messages of Debezium from a file into a store that nobody else is writing.
import { createReadStream, statSync } from "node:fs";
import { createInterface } from "node:readline";
import { Command, Option } from "clipanion";
import { systemClock, toTimestamp } from "../../lib/clock.ts";
import { packageVersion } from "../../lib/package-root.ts";
import { AppError } from "../../model/app-error.ts";
import { type ConfigKey, configSchema } from "../../model/config.ts";
import { emptyIngestReport, type IngestReport } from "../../model/ingest.ts";
import type { PostHandler } from "../../pipeline/post-handler.ts";
import { BaseCommand, definedOnly } from "./base-command.ts";
import { openStopped } from "./open-stopped.ts";
import { plural } from "./terminal.ts";

const inUseCure = "Send the file to the running service instead: POST /ingest.";
const linesPerPost = 1_000;

export class IngestCommand extends BaseCommand {
  static override paths = [["ingest"]];
  static override usage = Command.Usage({
    description: "Store messages of Debezium from a file: JSON lines, a JSON array, or one message.",
    details:
      "For trying, and for what was recorded earlier. JSON lines are read a thousand at a time, so the file may be of any size; each thousand is stored whole or not at all. " +
      "What is in the trail already is not stored again: after a fault the same command may be run again. A running service takes the same messages at POST /ingest.",
    examples: [
      ["Store recorded messages", "auditctl ingest messages.ndjson --rules pharmacy"],
      [
        "From a pipe, telling the key of a table",
        "zcat messages.gz | auditctl ingest - --key-columns 'shop.sales:sale_id'",
      ],
    ],
  });

  file = Option.String({ name: "file" });
  rules = Option.String("--rules", { description: configSchema.shape.rules.description ?? "" });
  keyColumns = Option.String("--key-columns", "", {
    description: "Keys of tables whose messages come without: `table:column,column;…`.",
  });

  protected override flags(): Partial<Record<ConfigKey, string>> {
    return definedOnly({ ...super.flags(), rules: this.rules });
  }

  protected override async run(): Promise<number> {
    const config = this.loadConfig();
    const posts = this.openPosts();
    // Loaded here, not above: the other commands need none of it.
    const { createPostHandler } = await import("../../pipeline/post-handler.ts");
    const { openRuleBook } = await import("../../pipeline/rule-book.ts");
    const { createLogger } = await import("../../lib/logger.ts");
    const log = createLogger(config.log_level, "store");
    const now = (): string => toTimestamp(systemClock.now());
    using store = openStopped(config.store, inUseCure);
    const rules = openRuleBook({ names: config.rules, store, log, now });
    rules.tell();
    const normalize = { valueBytesMax: config.value_bytes_max, actorTags: config.actor_tags };
    const handler = createPostHandler({ store, rules, normalize, version: packageVersion, captured: null, log, now });
    const total = await this.storeAll(posts, handler);
    if (this.json) this.printJson(total);
    else this.show(total, config.store);
    return 0;
  }

  private async storeAll(posts: AsyncIterable<Post>, handler: PostHandler): Promise<IngestReport> {
    let total = emptyIngestReport();
    const { keyColumns } = this;
    for await (const { body, lines } of posts) total = sum(total, handler.accept({ body, lines, keyColumns }, lines));
    return { ...sum(total, handler.publishWaiting()), waiting: 0 };
  }

  /** @throws usage.argument for a file that is not there: it is told before the store is made. */
  private openPosts(): AsyncIterable<Post> {
    const isFile = this.file === "-" || statSync(this.file, { throwIfNoEntry: false })?.isFile() === true;
    if (!isFile) {
      throw new AppError("usage.argument", `there is no file ${this.file}`, {
        hint: "Give a file of JSON lines or a JSON array, or - for standard input.",
      });
    }
    const input = this.file === "-" ? this.context.stdin : createReadStream(this.file);
    return readPosts(createInterface({ input, crlfDelay: Infinity }));
  }

  private show(
    { stored_transactions, stored_changes, business_events, duplicates, ignored }: IngestReport,
    store: string,
  ): void {
    const others = Object.values(ignored).reduce((all, count) => all + count, 0);
    this.print(
      `${store}: ${plural(stored_transactions, "transaction")} with ${plural(stored_changes, "change")} stored, ${plural(business_events, "business event")}; ` +
        `${duplicates} known already, ${plural(others, "message")} of no row`,
    );
  }
}

interface Post {
  body: string;
  lines: boolean;
}

/** JSON lines a thousand at a time; what does not begin as lines of objects is read whole. */
async function* readPosts(lines: AsyncIterable<string>): AsyncGenerator<Post> {
  let batch: string[] = [];
  let isLines: boolean | undefined;
  for await (const line of lines) {
    if (line.trim() === "") continue;
    isLines ??= isJson(line) && !line.trim().startsWith("[");
    batch.push(line);
    if (!isLines || batch.length < linesPerPost) continue;
    yield { body: batch.join("\n"), lines: true };
    batch = [];
  }
  if (batch.length > 0) yield { body: batch.join("\n"), lines: isLines === true };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function sum(one: IngestReport, other: IngestReport): IngestReport {
  const total = { ...one, ignored: { ...one.ignored }, waiting: other.waiting };
  for (const key of ["received", "stored_transactions", "stored_changes", "business_events", "duplicates"] as const)
    total[key] += other[key];
  for (const key of Object.keys(total.ignored) as (keyof typeof total.ignored)[])
    total.ignored[key] += other.ignored[key];
  return total;
}
