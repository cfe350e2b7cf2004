// serve/cli: `auditctl backup`. A verified copy of a store, also while `run` writes it.
import { Command, Option } from "clipanion";
import { systemClock } from "../../lib/clock.ts";
import { localZone } from "../../lib/zoned-time.ts";
import { exitStatus } from "../../model/app-error.ts";
import type { ConfigKey } from "../../model/config.ts";
import type { TakenBackup } from "../../pipeline/take-backup.ts";
import { createBackupProgress } from "./backup-progress.ts";
import { BaseCommand, definedOnly, parseCount, settingFlag } from "./base-command.ts";
import { stopOnSignal } from "./stop-on-signal.ts";
import { printable } from "./terminal.ts";
import { createVoice, languageOf, type Voice } from "./voice.ts";

export class BackupCommand extends BaseCommand {
  static override paths = [["backup"]];
  static override usage = Command.Usage({
    description: "Copy a store while it is written, verify the copy, and say what is in it.",
    details:
      "The copy is of one moment: the ledger, anomalies and their marks, tokens and the log of who read. `run` goes on meanwhile. " +
      "Each backup is a folder in --to, which has its name only when the copy is whole, verified and on the disk. " +
      "A trail that does not verify is not backed up: exit status 3. The copy is not encrypted, and only this user can read it.",
    examples: [
      ["Into a folder of backups", "auditctl backup --to /backup/audit-overlay"],
      ["Every night, and keep the last fourteen", "auditctl backup --to /backup/audit-overlay --keep 14 --json"],
    ],
  });

  to = Option.String("--to", { required: true, description: "Folder of backups; made where it is missing." });
  keep = Option.String("--keep", {
    description: "Remove older backups of this trail that this command made in --to: so many stay.",
  });
  lang = settingFlag("lang");

  protected override flags(): Partial<Record<ConfigKey, string>> {
    return definedOnly({ ...super.flags(), lang: this.lang });
  }

  protected override async run(): Promise<number> {
    const { store, lang, zone = localZone() } = this.loadConfig();
    const keep = this.keep === undefined ? undefined : parseCount("--keep", this.keep, 1, 100_000);
    const voice = createVoice(this.context.stdout, { language: lang ?? languageOf(this.context.env), zone });
    const { takeBackup } = await import("../../pipeline/take-backup.ts");
    const progress = createBackupProgress(voice, this.context.stderr, !this.json);
    using stop = stopOnSignal();
    const startedAt = performance.now();
    try {
      const options = {
        store,
        to: this.to,
        keep,
        clock: systemClock,
        onProgress: progress.update,
        signal: stop.signal,
      };
      const taken = await this.recorded("backup", { to: this.to }, async () => await takeBackup(options));
      progress.stop();
      const seconds = Math.round(performance.now() - startedAt) / 1_000;
      if (this.json) this.printJson({ ...taken, seconds });
      else for (const line of renderBackup(taken, seconds, voice)) this.print(line);
      return 0;
    } catch (error) {
      progress.stop();
      if (!stop.signal.aborted) throw error;
      this.context.stderr.write(`${voice.words.backup.interrupted}\n`);
      return exitStatus.failure;
    }
  }
}

function renderBackup({ folder, manifest, removed }: TakenBackup, seconds: number, voice: Voice): string[] {
  const { words, count, number } = voice;
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  const changes = count(manifest.counts.change_events, words.count.changeEvent);
  return [
    words.backup.taken(printable(folder, 500), number(Math.ceil(bytes / 1_048_576)), number(seconds)),
    words.backup.verified(changes, printable(manifest.to_gtid_set ?? "", 300) || words.common.beginning),
    `${words.verify.head} ${manifest.head.entry_id}:${manifest.head.hash}`,
    ...removed.map((path) => words.backup.removed(printable(path, 500))),
  ];
}
