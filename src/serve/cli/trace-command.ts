// serve/cli: `auditctl trace`. The story of one entity: what happened, who did it, what changed, and why we say so.
import { Command, Option } from "clipanion";
import { BaseCommand, parseCount } from "./base-command.ts";
import { renderTrace } from "./render-trace.ts";

export class TraceCommand extends BaseCommand {
  static override paths = [["trace"]];
  static override usage = Command.Usage({
    description: "Tell the story of one entity: what happened, who did it, what changed, and why we say so.",
    details:
      "Business events come with the rule that inferred them and the row changes they rest on. Exit status 8 when the trail holds nothing about it.",
    examples: [
      ["A sale with its items", "auditctl trace sale 1042"],
      ["Who changed this stock?", "auditctl trace inventory 17 --limit 20"],
      ["For a program", "auditctl trace sale 1042 --json"],
    ],
  });

  limit = Option.String("--limit", "200", { description: "Newest items to show." });
  entityType = Option.String({ name: "entity_type" });
  entityId = Option.String({ name: "entity_id" });

  protected override async run(): Promise<number> {
    const limit = parseCount("--limit", this.limit, 1, 10_000);
    await using answerer = this.openAnswerer();
    const trace = await answerer.ask("trace", { entity_type: this.entityType, entity_id: this.entityId, limit });
    if (this.json) this.printJson(trace);
    else for (const line of renderTrace(trace, this.context.stdout)) this.print(line);
    return 0;
  }
}
