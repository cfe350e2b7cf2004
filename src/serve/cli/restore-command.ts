// serve/cli: `auditctl restore`. A backup into a store's place, after all of it was checked.
import { Command, Option } from "clipanion";
import { systemClock } from "../../lib/clock.ts";
import { localZone } from "../../lib/zoned-time.ts";
import { exitStatus } from "../../model/app-error.ts";
import type { ConfigKey } from "../../model/config.ts";
import type { Restored } from "../../pipeline/restore-backup.ts";
import { createBackupProgress } from "./backup-progress.ts";
import { BaseCommand, definedOnly, settingFlag } from "./base-command.ts";
import { osUserName } from "./os-user.ts";
import { stopOnSignal } from "./stop-on-signal.ts";
import { printable } from "./terminal.ts";
import { createVoice, languageOf, type Voice } from "./voice.ts";

export class RestoreCommand extends BaseCommand {
  static override paths = [["restore"]];
  static override usage = Command.Usage({
    description: "Put a backup in a store's place, after checking all of it.",
    details:
      "Sums and the whole chain are checked on a copy first; then the files are put in place, and the restore is an entry of the trail. " +
      "A store that is there is never overwritten: with --force it is put aside under another name. Nobody may have it open. " +
      "Killed in the middle, the same command is run again. Afterwards `run` reads on where the backup ends.",
    examples: [
      [
        "On another machine",
        "auditctl restore /backup/audit-overlay/audit-overlay-2026-11-21T120000Z --store audit-overlay.db",
      ],
      [
        "In the place of a damaged store",
        "auditctl restore /backup/audit-overlay/audit-overlay-2026-11-21T120000Z --force",
      ],
    ],
  });

  from = Option.String({ name: "backup" });
  force = Option.Boolean("--force", false, { description: "Put a store that is there aside, under another name." });
  lang = settingFlag("lang");

  protected override flags(): Partial<Record<ConfigKey, string>> {
    return definedOnly({ ...super.flags(), lang: this.lang });
  }

  protected override async run(): Promise<number> {
    const { store, lang, zone = localZone() } = this.loadConfig();
    const voice = createVoice(this.context.stdout, { language: lang ?? languageOf(this.context.env), zone });
    const { restoreBackup } = await import("../../pipeline/restore-backup.ts");
    const progress = createBackupProgress(voice, this.context.stderr, !this.json);
    using stop = stopOnSignal();
    try {
      const restored = await restoreBackup({
        from: this.from,
        store,
        force: this.force,
        by: `local ${osUserName()}`,
        clock: systemClock,
        onProgress: progress.update,
        signal: stop.signal,
      });
      progress.stop();
      if (this.json) this.printJson(restored);
      else for (const line of renderRestored(restored, voice)) this.print(line);
      return 0;
    } catch (error) {
      progress.stop();
      if (!stop.signal.aborted) throw error;
      this.context.stderr.write(`${voice.words.backup.restoreInterrupted}\n`);
      return exitStatus.failure;
    }
  }
}

function renderRestored({ store, manifest, put_aside }: Restored, voice: Voice): string[] {
  const { words, count, time } = voice;
  const changes = count(manifest.counts.change_events, words.count.changeEvent);
  const end = printable(manifest.to_gtid_set ?? "", 300) || words.common.beginning;
  return [
    words.backup.restored(printable(store, 500), time(manifest.taken_at)),
    words.backup.verified(changes, end),
    ...(put_aside === null ? [] : [words.backup.putAside(printable(put_aside, 500))]),
    words.backup.next(end),
  ];
}
