// serve/cli: `auditctl doctor`. Can this server's log be trusted to tell everything? Every problem with its cure.
import { Command } from "clipanion";
import type { AccountsReport } from "../../capture/account-source.ts";
import type { PreflightReport } from "../../capture/preflight.ts";
import { AppError, exitStatus } from "../../model/app-error.ts";
import type { DiskStatus } from "../../model/trace.ts";
import { renderDisk } from "./render-disk.ts";
import { createVoice } from "./voice.ts";
import { SourceCommand } from "./base-command.ts";
import { toSourceConnection } from "./load-config.ts";
import { renderDoctor } from "./render-doctor.ts";
import { createPaint } from "./terminal.ts";

export class DoctorCommand extends SourceCommand {
  static override paths = [["doctor"]];
  static override usage = Command.Usage({
    description: "Check the server's settings and the account's privileges, with a cure for each problem.",
    details:
      "Changes nothing. A snapshot also needs SELECT on its tables, which only `snapshot` itself checks. Exit status 4 when something is wrong, 5 when the server cannot be reached.",
    examples: [
      [
        "Check a server before the first run",
        "AUDIT_PASSWORD=… auditctl doctor --host db.example.com --user audit_overlay",
      ],
    ],
  });

  protected override async run(): Promise<number> {
    // Loaded here, not above: the client library costs the other commands a fifth of a second.
    const { runPreflight } = await import("../../capture/preflight.ts");
    const { inspectAccounts } = await import("../../capture/account-source.ts");
    const connection = toSourceConnection(this.loadConfig());
    const report = await runPreflight(connection);
    const accounts = await inspectAccounts(connection);
    const disk = await this.readDisk();
    const ok = report.checks.every((check) => check.ok);
    if (this.json)
      this.printJson({
        ok,
        source: report.identity,
        checks: report.checks,
        limits: report.limits,
        accounts,
        disk,
        executed_gtid_set: report.executedGtidSet,
      });
    else this.show(report, accounts, disk, ok);
    return ok ? 0 : exitStatus.misconfigured;
  }

  /** null where there is no store yet, or none that can be read: then other commands say why. */
  private async readDisk(): Promise<DiskStatus | null> {
    try {
      using reader = await this.openReader();
      return reader.disk();
    } catch (error) {
      if (error instanceof AppError) return null;
      throw error;
    }
  }

  private show(report: PreflightReport, accounts: AccountsReport, disk: DiskStatus | null, ok: boolean): void {
    for (const line of renderDoctor(report, accounts, createPaint(this.context.stdout))) this.print(line);
    if (disk !== null) this.print(`  info disk: ${renderDisk(disk, createVoice(this.context.stdout))}`);
    const tells =
      report.limits.length === 0 ? "everything" : "everything within the limit above, which no setting cures";
    this.print(ok ? `Ready: this server's log tells ${tells}.` : "Not ready: mend the above, then ask again.");
  }
}
