// serve/cli: `auditctl alerts test`. A real alert to the receivers, now; what each said.
import { Command, Option } from "clipanion";
import { systemClock } from "../../lib/clock.ts";
import { packageVersion } from "../../lib/package-root.ts";
import { AppError } from "../../model/app-error.ts";
import { openSetReceivers } from "./alert-receivers.ts";
import { QuestionCommand } from "./question-command.ts";
import { stopOnSignal } from "./stop-on-signal.ts";
import { printable } from "./terminal.ts";

export class AlertsTestCommand extends QuestionCommand {
  static override paths = [["alerts", "test"]];
  static override usage = Command.Usage({
    description: "Send a test alert to the receivers now, and show what each said.",
    details:
      "It has the type `alerts.test`, is signed and formatted as every other, and is not kept. Needs no store. " +
      "Over UDP nothing says whether a message arrived. Exit status 5 when a receiver did not take it.",
    examples: [
      ["Does everything reach us?", "auditctl alerts test"],
      ["Only the webhook", "auditctl alerts test --receiver webhook"],
    ],
  });

  receiver = Option.String("--receiver", { description: "Only this one: `webhook` or `syslog`." });

  protected override async run(): Promise<number> {
    const { testAlerts } = await import("../../pipeline/test-alerts.ts");
    const { words, paint } = this.voice;
    const receivers = await openSetReceivers(this.settings, this.receiver, packageVersion, systemClock);
    using stop = stopOnSignal();
    const results = await testAlerts(receivers, systemClock, stop.signal);
    if (this.json) this.printJson({ results });
    else
      for (const { receiver, address, delivered, said, milliseconds } of results) {
        const outcome = delivered ? paint("green", words.alerts.delivered) : paint("red", words.alerts.failed);
        this.print(`${receiver}  ${printable(address)}  ${outcome}  ${milliseconds} ms  ${printable(said, 300)}`);
      }
    const failed = results.filter(({ delivered }) => !delivered).map(({ receiver }) => receiver);
    if (failed.length === 0) return 0;
    throw new AppError("alert.undelivered", `${failed.join(", ")} did not take the test alert`, {
      hint: "Check the address, the secret and the network between; what was said is above.",
    });
  }
}
