// serve/cli: `auditctl search`. Events that have the words; every character is meant literally.
import { Command, Option } from "clipanion";
import { PageCommand } from "./question-command.ts";
import { renderSearchPage } from "./render-events.ts";

export class SearchCommand extends PageCommand {
  static override paths = [["search"]];
  static override usage = Command.Usage({
    description: "Find events that have all of the words, newest first.",
    details:
      "Every character is meant as it stands: there are no operators or wildcards. A word also finds longer ones that begin with it.",
    examples: [
      ["Where does this batch number occur?", "auditctl search 'L-2291'"],
      ["In the row changes of this week", "auditctl search 'ana torres' --changes --start 7d"],
    ],
  });

  changes = Option.Boolean("--changes", false, { description: "Search the row changes, in place of business events." });
  ids = Option.Boolean("--ids", false, { description: "Show ids though the terminal is narrow." });
  text = Option.String({ name: "text" });

  protected override async run(): Promise<number> {
    const kind = this.changes ? "change_event" : "business_event";
    const question = { text: this.text, kind, ...this.range(), ...this.page(200) } as const;
    await this.ask("search", question, (page, voice) => renderSearchPage(page, voice, this.ids));
    return 0;
  }
}
