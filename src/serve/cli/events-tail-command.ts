// serve/cli: `auditctl events tail`. The newest events, then each new one as it is stored, until Ctrl-C.
import { setTimeout } from "node:timers/promises";
import { Command, Option } from "clipanion";
import { inertJson } from "../../lib/inert-json.ts";
import type { ListedEvent } from "../../model/answer-schema.ts";
import type { Answerer } from "../../model/question.ts";
import { parseCount } from "./base-command.ts";
import { eventFlags, type Filters, filtersOf } from "./event-filter-flags.ts";
import { QuestionCommand } from "./question-command.ts";
import { idOf, renderEventLine } from "./render-events.ts";
import { stopOnSignal } from "./stop-on-signal.ts";
import { writeTo } from "./write-to.ts";

/** The trail is asked this often for what is new. */
const everyMs = 500;

export class EventsTailCommand extends QuestionCommand {
  static override paths = [["events", "tail"]];
  static override usage = Command.Usage({
    description: "Show the newest events, then each new one as it is stored.",
    details:
      "Follows the trail until Ctrl-C, which ends it with status 0. With `--json` each event is one line (NDJSON).",
    examples: [
      ["What is happening?", "auditctl events tail"],
      ["New deletions, for a program", "auditctl events tail --operation delete --lines 0 --json"],
      ["Only the newest three", "auditctl events tail --lines 3 --no-follow"],
    ],
  });

  changes = eventFlags.changes();
  type = eventFlags.type();
  entityType = eventFlags.entityType();
  entityId = eventFlags.entityId();
  actor = eventFlags.actor();
  table = eventFlags.table();
  operation = eventFlags.operation();
  lines = Option.String("-n,--lines", "10", { description: "Newest events to begin with." });
  follow = Option.Boolean("-f,--follow", true, { description: "Go on with new events; `--no-follow` ends at once." });

  protected override async run(): Promise<number> {
    const lines = parseCount("--lines", this.lines, 0, 1_000);
    const filters = filtersOf(this);
    const { voice } = this;
    if (!this.json && this.follow) await this.write(voice.zoneNote);
    using stop = stopOnSignal();
    await using answerer = await this.openAnswerer();
    // The place first: what is stored between the two answers stands in both, and is shown once.
    let { cursor } = await answerer.ask("feed", { ...filters, limit: 1 });
    const asked = { ...filters, lines, follow: this.follow };
    const newest = await this.recorded("feed", asked, async () => await readNewest(answerer, filters, lines));
    await this.writeEvents(newest.items);
    const shown = new Set(newest.items.map(idOf));
    while (this.follow && !stop.signal.aborted) {
      const page = await answerer.ask("feed", { ...filters, after: cursor, limit: 1_000 });
      await this.writeEvents(page.items.filter((event) => !shown.delete(idOf(event))));
      cursor = page.cursor;
      if (page.items.length === 0) await setTimeout(everyMs, undefined, { signal: stop.signal }).catch(() => {});
    }
    return 0;
  }

  private async writeEvents(events: readonly ListedEvent[]): Promise<void> {
    await this.write(events.map((event) => (this.json ? inertJson(event) : renderEventLine(event, this.voice))));
  }

  private async write(lines: readonly string[]): Promise<void> {
    if (lines.length > 0) await writeTo(this.context.stdout, `${lines.join("\n")}\n`);
  }
}

/** Oldest first. */
async function readNewest(
  answerer: Answerer,
  filters: Filters,
  limit: number,
): Promise<{ items: readonly ListedEvent[] }> {
  if (limit === 0) return { items: [] };
  const { items } = await answerer.ask("events", { ...filters, limit });
  return { items: items.toReversed() };
}
