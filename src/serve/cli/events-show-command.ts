// serve/cli: `auditctl events show`. One event by its id.
import { Command, Option } from "clipanion";
import { QuestionCommand } from "./question-command.ts";
import { renderEventAnswer } from "./render-events.ts";

export class EventsShowCommand extends QuestionCommand {
  static override paths = [["events", "show"]];
  static override usage = Command.Usage({
    description: "Show one event by its id, a business event with the row changes it rests on.",
    details: "Exit status 8 when the trail holds no such event.",
    examples: [["An event from a list", "auditctl events show 5692b516-e389-570b-8642-53a04c1f1aed"]],
  });

  id = Option.String({ name: "business_event_id | event_id" });

  protected override async run(): Promise<number> {
    await this.ask("event", { id: this.id }, renderEventAnswer);
    return 0;
  }
}
