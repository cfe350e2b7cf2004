// serve/cli: `auditctl trace`. The story of one entity: what happened, who did it, what changed, and why we say so. With --at,
// the entity as it was.
import { Command, Option } from "clipanion";
import { AppError } from "../../model/app-error.ts";
import { momentForms, parseMoment } from "./moment.ts";
import { PageCommand } from "./question-command.ts";
import { renderEntityState } from "./render-state.ts";
import { renderTrace } from "./render-trace.ts";

export class TraceCommand extends PageCommand {
  static override paths = [["trace"]];
  static override usage = Command.Usage({
    description: "Tell the story of one entity: what happened, who did it, what changed, and why we say so.",
    details:
      "Business events come with the rule that inferred them and the row changes they rest on. With `--at` its rows are shown " +
      "as they were at that time. Exit status 8 when the trail holds nothing about it.",
    examples: [
      ["A sale with its items", "auditctl trace sale 1042"],
      ["Who changed this stock since yesterday?", "auditctl trace inventory 17 --start yesterday"],
      ["The product as it was", "auditctl trace product 35 --at '2026-01-05 09:30'"],
      ["For a program", "auditctl trace sale 1042 --json"],
    ],
  });

  at = Option.String("--at", { description: `Show the entity as it was at this time: ${momentForms}.` });
  entityType = Option.String({ name: "entity_type" });
  entityId = Option.String({ name: "entity_id" });

  protected override async run(): Promise<number> {
    const entity = { entity_type: this.entityType, entity_id: this.entityId };
    const question = { ...entity, ...this.range(), ...this.page(10_000) };
    if (this.at === undefined) {
      await this.ask("trace", question, renderTrace);
    } else {
      if (Object.keys(question).length > 2) {
        throw new AppError("usage.argument", "--at shows one moment: it goes with no range, limit or cursor", {
          hint: "Leave out --start, --end, --limit and --cursor, or leave out --at.",
        });
      }
      await this.ask("entity_state", { ...entity, at: parseMoment("--at", this.at, this.moments) }, renderEntityState);
    }
    return 0;
  }
}
