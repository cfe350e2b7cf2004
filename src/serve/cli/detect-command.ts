// serve/cli: `auditctl detect`. Detection once over a store, up to its end.
import { setImmediate as yieldTurn } from "node:timers/promises";
import { Command, Option } from "clipanion";
import { systemClock } from "../../lib/clock.ts";
import { localZone } from "../../lib/zoned-time.ts";
import { exitStatus } from "../../model/app-error.ts";
import type { ConfigKey } from "../../model/config.ts";
import type { StoreStatus } from "../../model/trace.ts";
import { BaseCommand, definedOnly, settingFlag } from "./base-command.ts";
import { createProgress } from "./progress.ts";
import { renderDetection } from "./render-detection.ts";
import { stopOnSignal } from "./stop-on-signal.ts";
import { createVoice, languageOf } from "./voice.ts";

interface DetectReport {
  store: string;
  /** False: it was stopped before the end of the trail. */
  complete: boolean;
  entries_read: number;
  watches: number;
  seconds: number;
  detection: StoreStatus["detection"];
  anomalies: StoreStatus["anomalies"];
}

export class DetectCommand extends BaseCommand {
  static override paths = [["detect"]];
  static override usage = Command.Usage({
    description: "Look for anomalies in a store, from where detection has come to its end.",
    details:
      "`auditctl run` does this by itself; this is for a store that nobody captures into, and to begin anew. " +
      "What is looked for is the `watch` part of the rule packs in force, as the ledger holds them. Killed or stopped, the same command goes on. " +
      "With --again baselines are forgotten and the trail is read from its beginning: anomalies that come out again stay as they are, " +
      "others go, unless somebody has marked them. Exit status 1 when it was stopped before the end.",
    examples: [
      ["Over a store that was copied here", "auditctl detect --store audit-overlay.db"],
      ["With other business hours, from the beginning", "auditctl detect --again --business-hours 08:00-21:00"],
    ],
  });

  again = Option.Boolean("--again", false, { description: "Begin anew, at the beginning of the trail." });
  zone = settingFlag("zone");
  lang = settingFlag("lang");
  businessHours = settingFlag("business_hours");
  detectZ = settingFlag("detect_z");
  detectFactor = settingFlag("detect_factor");
  detectDays = settingFlag("detect_days");

  protected override flags(): Partial<Record<ConfigKey, string>> {
    const { zone, lang } = this;
    return definedOnly({
      ...super.flags(),
      zone,
      lang,
      business_hours: this.businessHours,
      detect_z: this.detectZ,
      detect_factor: this.detectFactor,
      detect_days: this.detectDays,
    });
  }

  protected override async run(): Promise<number> {
    const config = this.loadConfig();
    const { detectionSettings } = await import("../../pipeline/detection-settings.ts");
    const { openDetector } = await import("../../pipeline/detector.ts");
    const { createLogger } = await import("../../lib/logger.ts");
    const { openFindings } = await import("../../store/findings-store.ts");
    const { zone = localZone(), lang = languageOf(this.context.env) } = config;
    const voice = createVoice(this.context.stdout, { language: lang, zone });
    // The reader first: nothing is made beside a store that is not there.
    using reader = await this.openReader();
    using findings = openFindings(config.store);
    // What goes on is told below; a warning is worth a line.
    const log = createLogger(config.log_level === "info" ? "warn" : config.log_level, "detect");
    const settings = detectionSettings(config);
    const options = { store: config.store, findings, ...settings, again: this.again, clock: systemClock, log };
    using detector = openDetector(options);
    using stop = stopOnSignal();
    const progress = createProgress(
      voice.words.detection.detecting,
      voice.words.count.ledgerEntry[1],
      this.context.stderr,
      !this.json,
    );
    const startedAt = performance.now();
    const from = detector.place();
    let complete = false;
    try {
      while (!complete && !stop.signal.aborted) {
        const { done, of } = detector.step();
        progress.update(done, of);
        complete = done >= of;
        // An order to stop must get through.
        await yieldTurn();
      }
      detector.commit();
    } finally {
      progress.stop();
    }
    const { detection, anomalies } = reader.status();
    const seconds = Math.round(performance.now() - startedAt) / 1_000;
    const watches = detector.baselines().length;
    const entries_read = detector.place() - from;
    const report = { store: config.store, complete, entries_read, watches, seconds, detection, anomalies };
    if (this.json) this.printJson(report satisfies DetectReport);
    else for (const line of renderReport(report, voice)) this.print(line);
    return complete ? 0 : exitStatus.failure;
  }
}

function renderReport(report: DetectReport, voice: ReturnType<typeof createVoice>): string[] {
  const { words, count } = voice;
  const found = report.anomalies.reduce((sum, anomaly) => sum + anomaly.count, 0);
  const read = words.detection.read(
    count(report.entries_read, words.count.ledgerEntry),
    count(found, words.count.anomaly),
  );
  return [
    ...(report.complete ? [] : [words.detection.stopped]),
    ...(report.watches === 0 ? [words.detection.noWatches] : []),
    read,
    ...renderDetection(report.detection, voice),
    ...voice.zoneNote,
  ];
}
