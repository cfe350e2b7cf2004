// serve/cli: `auditctl rules replay`. What would rules tell of the stored history? And, with --apply, let them tell it.
import { Command, Option } from "clipanion";
import { systemClock } from "../../lib/clock.ts";
import { localZone } from "../../lib/zoned-time.ts";
import { AppError, exitStatus } from "../../model/app-error.ts";
import { type ConfigKey, configSchema } from "../../model/config.ts";
import { BaseCommand, definedOnly, settingFlag } from "./base-command.ts";
import { parseRange, rangeFlags } from "./moment.ts";
import { createProgress } from "./progress.ts";
import { renderReplay } from "./render-replay.ts";
import { stopOnSignal } from "./stop-on-signal.ts";

const inUseCure =
  "Stop `auditctl run`, replay, start it again: it resumes where it was, nothing is missed. Without --apply nothing needs to stop.";

export class RulesReplayCommand extends BaseCommand {
  static override paths = [["rules", "replay"]];
  static override usage = Command.Usage({
    description: "Run rule packs over the stored history: which business events would be gained, lost or changed.",
    details:
      "Writes nothing without `--apply`. With it the correction becomes new entries of the ledger; what was inferred before stays in it, marked as superseded. " +
      "Only events of the packs named are compared. `--apply` needs `run` to be stopped: a store has one writer. Killed, the same command goes on with the rest. " +
      "Exit status 1 when it was stopped before the end.",
    examples: [
      [
        "What would a changed pack tell of last month?",
        "auditctl rules replay --rules shop.yaml --start 2026-02-01 --end 2026-02-28",
      ],
      ["Let it count", "auditctl rules replay --rules shop.yaml --apply"],
    ],
  });

  rules = Option.String("--rules", { description: configSchema.shape.rules.description ?? "" });
  start = rangeFlags.start();
  end = rangeFlags.end();
  zone = settingFlag("zone");
  apply = Option.Boolean("--apply", false, { description: "Write the correction into the ledger." });
  dryRun = Option.Boolean("--dry-run", false, {
    description: "Write nothing, which is also what happens without `--apply`.",
  });

  protected override flags(): Partial<Record<ConfigKey, string>> {
    return definedOnly({ ...super.flags(), rules: this.rules, zone: this.zone });
  }

  protected override async run(): Promise<number> {
    const config = this.loadConfig();
    if (this.apply && this.dryRun) throw usage("--apply and --dry-run exclude each other", "Leave one of them out.");
    if (config.rules.length === 0) throw usage("no rule pack is named", "For example --rules shop.yaml");
    const { from = null, to = null } = parseRange(this, { zone: config.zone ?? localZone(), now: systemClock.now() });
    const { replayRules } = await import("../../pipeline/replay-rules.ts");
    const { loadRules } = await import("../../pipeline/load-rules.ts");
    const { openStopped } = await import("./open-stopped.ts");
    const { createLogger } = await import("../../lib/logger.ts");
    const rules = loadRules(config.rules, createLogger(config.log_level, "rules"));
    // The reader first: a store that is not there must not be made.
    using reader = await this.openReader();
    using writer = this.apply ? openStopped(config.store, inUseCure) : undefined;
    using stop = stopOnSignal();
    const progress = createProgress("replaying", "changes", this.context.stderr, !this.json);
    try {
      const asked = { packs: config.rules, from, to };
      const report = await this.recorded("replay", asked, async () =>
        replayRules({
          ...asked,
          rules,
          actorTags: config.actor_tags,
          reader,
          writer,
          onProgress: progress.update,
          clock: systemClock,
          signal: stop.signal,
        }),
      );
      progress.stop();
      if (this.json) this.printJson(report);
      else for (const line of renderReplay(report, this.context.stdout)) this.print(line);
      return report.complete ? 0 : exitStatus.failure;
    } finally {
      progress.stop();
    }
  }
}

function usage(message: string, hint: string): AppError {
  return new AppError("usage.argument", message, { hint });
}
