// serve/cli: `auditctl alerts list`. What was told, or waits to be, and to whom.
import { Command, Option } from "clipanion";
import type { ListedAlert } from "../../model/alert.ts";
import { createFindingsReader } from "../../store/findings-store.ts";
import { parseCount } from "./base-command.ts";
import { RangeCommand } from "./question-command.ts";
import { refuseService } from "./refuse-service.ts";
import { renderAlert } from "./render-alerts.ts";

export class AlertsListCommand extends RangeCommand {
  static override paths = [["alerts", "list"]];
  static override usage = Command.Usage({
    description: "List alerts, newest first, each with whom it has reached.",
    details: "They are kept for 30 days, in the findings file beside the store.",
    examples: [
      ["The newest", "auditctl alerts list"],
      ["What has not reached somebody", "auditctl alerts list --undelivered --json"],
    ],
  });

  undelivered = Option.Boolean("--undelivered", false, {
    description: "Only those that wait for a receiver, or were given up for one.",
  });
  limit = Option.String("--limit", "50", { description: "How many to show, at most 10000." });

  protected override async run(): Promise<number> {
    refuseService(this.remoteService(), "auditctl alerts list");
    const { settings, undelivered, voice } = this;
    const filter = { ...this.range(), undelivered, limit: parseCount("--limit", this.limit, 1, 10_000) };
    // The reader first: a store that is not there is not one without alerts.
    (await this.openReader())[Symbol.dispose]();
    using findings = createFindingsReader(settings.store);
    const alerts: ListedAlert[] = findings.consistently((found) => found.listAlerts(filter)) ?? [];
    if (this.json) this.printJson({ alerts });
    else {
      const lines = alerts.flatMap((alert) => renderAlert(alert, voice));
      this.printLines([...(lines.length === 0 ? [voice.words.common.nothing] : lines), ...voice.zoneNote]);
    }
    return 0;
  }
}
