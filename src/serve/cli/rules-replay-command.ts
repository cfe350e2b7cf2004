// serve/cli: `auditctl rules replay`. What would rules tell of the stored history? And, with --apply, let them tell it.
import { Command, Option } from "clipanion";
import { systemClock, toTimestamp } from "../../lib/clock.ts";
import { AppError, exitStatus } from "../../model/app-error.ts";
import { type ConfigKey, configSchema } from "../../model/config.ts";
import { BaseCommand, definedOnly } from "./base-command.ts";
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
        "auditctl rules replay --rules shop.yaml --from 2026-02-01 --to 2026-03-01",
      ],
      ["Let it count", "auditctl rules replay --rules shop.yaml --apply"],
    ],
  });

  rules = Option.String("--rules", { description: configSchema.shape.rules.description ?? "" });
  from = Option.String("--from", {
    description: "Only transactions committed at or after this time, such as 2026-02-01 or 2026-02-01T09:00:00Z; UTC.",
  });
  to = Option.String("--to", { description: "Only transactions committed before this time." });
  apply = Option.Boolean("--apply", false, { description: "Write the correction into the ledger." });
  dryRun = Option.Boolean("--dry-run", false, {
    description: "Write nothing, which is also what happens without `--apply`.",
  });

  protected override flags(): Partial<Record<ConfigKey, string>> {
    return definedOnly({ ...super.flags(), rules: this.rules });
  }

  protected override async run(): Promise<number> {
    const config = this.loadConfig();
    if (this.apply && this.dryRun) throw usage("--apply and --dry-run exclude each other", "Leave one of them out.");
    if (config.rules.length === 0) throw usage("no rule pack is named", "For example --rules shop.yaml");
    const range = { from: parseTime("--from", this.from), to: parseTime("--to", this.to) };
    const { replayRules } = await import("../../pipeline/replay-rules.ts");
    const { loadRules } = await import("../../pipeline/load-rules.ts");
    const { openStopped } = await import("./open-stopped.ts");
    const { createLogger } = await import("../../lib/logger.ts");
    const rules = loadRules(config.rules, createLogger(config.log_level));
    // The reader first: a store that is not there must not be made.
    using reader = await this.openReader();
    using writer = this.apply ? openStopped(config.store, inUseCure) : undefined;
    using stop = stopOnSignal();
    const progress = createProgress("replaying", "changes", this.context.stderr, !this.json);
    try {
      const report = await replayRules({
        packs: config.rules,
        rules,
        actorTags: config.actor_tags,
        reader,
        writer,
        ...range,
        onProgress: progress.update,
        clock: systemClock,
        signal: stop.signal,
      });
      progress.stop();
      if (this.json) this.printJson(report);
      else for (const line of renderReplay(report, this.context.stdout)) this.print(line);
      return report.complete ? 0 : exitStatus.failure;
    } finally {
      progress.stop();
    }
  }
}

/** A date or time in UTC -> the form in which the ledger keeps time. @throws usage.argument */
function parseTime(flag: string, text: string | undefined): string | null {
  if (text === undefined) return null;
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)Z?)?$/.exec(text);
  const epochMs = match === null ? Number.NaN : Date.parse(`${match[1]}T${match[2] ?? "00:00"}Z`);
  if (Number.isNaN(epochMs))
    throw usage(
      `${flag} ${text}: must be a date or time, UTC`,
      `For example ${flag} 2026-02-01 or ${flag} 2026-02-01T09:00:00Z`,
    );
  return toTimestamp(epochMs);
}

function usage(message: string, hint: string): AppError {
  return new AppError("usage.argument", message, { hint });
}
