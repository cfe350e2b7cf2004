// serve/cli: `auditctl events list`. Events, newest first, by type, entity, actor, table and time.
import { Command, Option } from "clipanion";
import { eventFlags, filtersOf, unknownName } from "./event-filter-flags.ts";
import { PageCommand } from "./question-command.ts";
import { renderEventPage } from "./render-events.ts";
import { printable } from "./terminal.ts";

export class EventsListCommand extends PageCommand {
  static override paths = [["events", "list"], ["events"]];
  static override usage = Command.Usage({
    description: "List events, newest first: what happened in the business or, with `--changes`, the row changes.",
    examples: [
      ["What happened today?", "auditctl events list --start today"],
      ["Voided and returned sales of a week", "auditctl events list --type sale.voided,sale.returned --start 7d"],
      ["Deleted rows of a table", "auditctl events list --table sales_items --operation delete"],
    ],
  });

  changes = eventFlags.changes();
  type = eventFlags.type();
  entityType = eventFlags.entityType();
  entityId = eventFlags.entityId();
  actor = eventFlags.actor();
  table = eventFlags.table();
  operation = eventFlags.operation();
  ids = Option.Boolean("--ids", false, { description: "Show ids though the terminal is narrow." });

  protected override async run(): Promise<number> {
    const filters = filtersOf(this);
    const question = { ...filters, ...this.range(), ...this.page(1_000) };
    const answer = await this.ask("events", question, (page, voice) => renderEventPage(page, voice, this.ids));
    if (answer.items.length > 0 || this.json) return 0;
    await using answerer = await this.openAnswerer();
    const unknown = unknownName(filters, await answerer.ask("entity_types", {}));
    if (unknown !== undefined) this.print(`${this.voice.words.common.hint}: ${printable(unknown)}`);
    return 0;
  }
}
