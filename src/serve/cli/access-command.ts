// serve/cli: `auditctl access`. Who read what of the trail, and whether that log is as it was written.
import { Command, Option } from "clipanion";
import { systemClock } from "../../lib/clock.ts";
import { localZone } from "../../lib/zoned-time.ts";
import { AppError, exitStatus } from "../../model/app-error.ts";
import type { ConfigKey } from "../../model/config.ts";
import { openServiceStore, servicePath, type ServiceStore } from "../../store/service-store.ts";
import type { StoredAccess } from "../../store/access.ts";
import { BaseCommand, definedOnly, parseCount, settingFlag } from "./base-command.ts";
import { momentForms, parseMoment } from "./moment.ts";
import { plural, printable, shortTime } from "./terminal.ts";

export class AccessCommand extends BaseCommand {
  static override paths = [["access"]];
  static override usage = Command.Usage({
    description: "Show who read what of the trail, newest first.",
    details:
      "Each reading is kept beside the store, hashed with the one before: through a service, by an assistant, or by a command on the store file itself, whose reader is `local` and the user. " +
      "Left out are `status` and `verify`, which tell of no event. With --verify the whole log is recomputed: exit status 3 when a row was changed or is gone. " +
      "Note the head it prints somewhere else: a later cut of the log's end shows by it.",
    examples: [
      ["The newest readings", "auditctl access"],
      ["What the auditor read since Monday", "auditctl access --reader auditor --since 2026-01-05"],
      ["Is the log whole?", "auditctl access --verify"],
    ],
  });

  limit = Option.String("--limit", "50", { description: "How many to show, at most 10000." });
  reader = Option.String("--reader", {
    description: "Only of this token, or `local ana` for a command of the user ana.",
  });
  since = Option.String("--since", { description: `Only since this time: ${momentForms}.` });
  zone = settingFlag("zone");
  verify = Option.Boolean("--verify", false, { description: "Recompute the log, and say whether it holds." });

  protected override flags(): Partial<Record<ConfigKey, string>> {
    return definedOnly({ ...super.flags(), zone: this.zone });
  }

  protected override async run(): Promise<number> {
    const limit = parseCount("--limit", this.limit, 1, 10_000);
    const { store, zone = localZone() } = this.loadConfig();
    const moments = { zone, now: systemClock.now() };
    const since = this.since === undefined ? undefined : parseMoment("--since", this.since, moments);
    using service = openServiceStore(store);
    if (this.verify) return this.showVerified(service);
    const accesses = service.listAccess({ limit, reader: this.reader, since });
    if (this.json) this.printJson({ accesses });
    else for (const access of accesses) this.print(renderAccess(access));
    return 0;
  }

  private showVerified(service: ServiceStore): number {
    const report = service.verifyAccess();
    if (this.json) this.printJson(report);
    else if (report.ok)
      this.print(`VERIFIED  ${plural(report.accesses, "reading")}\nhead ${report.accesses}:${report.head}`);
    else {
      const { access_id, message } = report.fault ?? { access_id: 0, message: "" };
      throw new AppError(
        "access.tampered",
        `${servicePath(this.loadConfig().store)}: reading ${access_id} ${message}`,
        {
          hint: "Keep the file as evidence: somebody changed who read the trail.",
        },
      );
    }
    return report.ok ? 0 : exitStatus.found;
  }
}

function renderAccess(access: StoredAccess): string {
  const { at, face, reader, address, question, input, outcome, items, duration_ms } = access;
  const asked = Object.entries(input).map(
    ([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  const from = address === null ? face : `${face} ${address}`;
  const result = [
    outcome === "ok" ? "" : outcome,
    items === null ? "" : plural(items, "item"),
    `${duration_ms.toFixed(1)} ms`,
  ];
  return printable(
    `${shortTime(at)}  ${reader} (${from})  ${question} ${asked.join(" ")}  ${result.filter((part) => part !== "").join(", ")}`,
    1_000,
  );
}
