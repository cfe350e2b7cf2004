// serve/cli: `auditctl run`. Reads the log until it is told to stop.
import { Command, Option } from "clipanion";
import { systemClock } from "../../lib/clock.ts";
import { packageVersion } from "../../lib/package-root.ts";
import type { CaptureState } from "../../model/capture-state.ts";
import type { Config, ConfigKey } from "../../model/config.ts";
import type { IngestSink } from "../../model/ingest.ts";
import type { Checkpoint } from "../../model/raw-transaction.ts";
import { configSchema } from "../../model/config.ts";
import { runIngestThread } from "../../pipeline/ingest-thread.ts";
import { createMeasures } from "../../pipeline/measures.ts";
import { openServiceLog, type ServiceLog } from "../../pipeline/service-log.ts";
import { keepFindings } from "../../pipeline/keep-findings.ts";
import type { Service, ServiceOptions } from "../http/service.ts";
import { definedOnly, settingFlag, SourceCommand } from "./base-command.ts";
import { toListenTls, toSourceConnection, withAlertSecrets, withModelKey } from "./load-config.ts";
import { requireTokenFlag, serviceSettings } from "./service-flags.ts";
import { stopOnSignal } from "./stop-on-signal.ts";

const describe = (key: ConfigKey) => ({ description: configSchema.shape[key].description ?? "" });

export class RunCommand extends SourceCommand {
  static override paths = [["run"]];
  static override usage = Command.Usage({
    description: "Read the server's log into the store until stopped.",
    details:
      "Checks the server first and refuses settings that would blind the trail. Resumes exactly where the store ends. " +
      "Ctrl-C or SIGTERM stops it after the transactions that have arrived are stored. " +
      "A rule pack that changes is read again, and so are all on SIGHUP; one with a mistake is left out, or its last good version goes on.",
    examples: [
      [
        "Audit a local server with the pharmacy rules",
        "AUDIT_PASSWORD=… auditctl run --host 127.0.0.1 --user audit_overlay --rules pharmacy",
      ],
      ["Read everything the server still has", "auditctl run --config audit-overlay.yaml --start-from earliest"],
      [
        "Capture and answer over HTTP in one process",
        "auditctl run --config audit-overlay.yaml --listen 127.0.0.1:8180",
      ],
      ["Go on after the server dropped log files", "auditctl run --accept-gap"],
    ],
  });

  rules = Option.String("--rules", describe("rules"));
  databases = Option.String("--databases", describe("databases"));
  startFrom = Option.String("--start-from", describe("start_from"));
  actorTags = Option.String("--actor-tags", describe("actor_tags"));
  heartbeatSeconds = Option.String("--heartbeat-seconds", describe("heartbeat_seconds"));
  silenceSeconds = Option.String("--silence-seconds", describe("silence_seconds"));
  valueBytesMax = Option.String("--value-bytes-max", describe("value_bytes_max"));
  logLevel = Option.String("--log-level", describe("log_level"));
  logFile = settingFlag("log_file");
  listen = settingFlag("listen");
  listenTokenFile = settingFlag("listen_token_file");
  listenTlsCert = settingFlag("listen_tls_cert");
  listenTlsKey = settingFlag("listen_tls_key");
  listenNames = settingFlag("listen_names");
  rateLimit = settingFlag("rate_limit");
  requireToken = requireTokenFlag();
  waitForServer = Option.Boolean("--wait-for-server", describe("wait_for_server"));
  acceptGap = Option.Boolean("--accept-gap", false, {
    description:
      "Where the server no longer has log files that the trail needs, or says that its log lacks changes (once each): record the gap and read on.",
  });

  protected override flags(): Partial<Record<ConfigKey, string>> {
    const { rules, databases } = this;
    return definedOnly({
      ...super.flags(),
      ...serviceSettings(this),
      rules,
      databases,
      start_from: this.startFrom,
      actor_tags: this.actorTags,
      heartbeat_seconds: this.heartbeatSeconds,
      silence_seconds: this.silenceSeconds,
      value_bytes_max: this.valueBytesMax,
      log_level: this.logLevel,
      log_file: this.logFile,
      wait_for_server: this.waitForServer?.toString(),
    });
  }

  protected override async run(): Promise<number> {
    const config = withAlertSecrets(withModelKey(this.loadConfig()));
    if (config.listen !== undefined) (await import("../http/service.ts")).checkListen(config);
    // A mistake in who is told is said now, not by the thread that tells.
    (await import("../../alert/open-receivers.ts")).openReceivers(config, packageVersion, systemClock);
    // Closed last: what the others say while they stop is still written.
    await using log = openServiceLog(config);
    using stop = stopOnSignal();
    let reload = (): void => {};
    let chain = (): void => {};
    const onHangUp = (): void => reload();
    process.on("SIGHUP", onHangUp);
    let service: Promise<Service> | undefined;
    let sink: IngestSink | undefined;
    const measures = createMeasures();
    const findings = { keep: Promise.resolve(), stop: new AbortController() };
    try {
      await runIngestThread({
        config,
        connection: toSourceConnection(config),
        version: packageVersion,
        acceptGap: this.acceptGap,
        onOpened: (checkpoint) => {
          if (!this.json) this.print(describeStore(checkpoint, config));
          findings.keep = keepFindings({
            config,
            version: packageVersion,
            onModelCalled: () => chain(),
            onLogged: log.write,
            measures,
            signal: findings.stop.signal,
            log: log.of("main"),
          });
          if (config.listen === undefined) return;
          service = this.openService(config, log, { sink, measures: () => [...log.samples(), ...measures.all()] });
          // What went wrong is told below, when capture has stopped in peace.
          service.catch(() => stop.abort());
        },
        onState: (state) => this.showState(state, config.store),
        onLogged: log.write,
        onMeasured: measures.open("ingest"),
        onReloadable: (order) => (reload = order),
        onChainable: (order) => (chain = order),
        onIngestable: (posts) => (sink = posts),
        signal: stop.signal,
      });
      await service;
      return 0;
    } finally {
      findings.stop.abort();
      await findings.keep;
      await (await service?.catch(() => undefined))?.[Symbol.asyncDispose]();
      process.off("SIGHUP", onHangUp);
    }
  }

  private async openService(
    config: Config,
    log: ServiceLog,
    shared: Required<Pick<ServiceOptions, "measures">> & { sink: IngestSink | undefined },
  ): Promise<Service> {
    const { openService } = await import("../http/service.ts");
    const { sink, measures } = shared;
    const tls = toListenTls(config);
    const service = await openService({ config, tls, log: log.of, measures, ...(sink && { sink }) });
    if (this.json) this.print(JSON.stringify({ listening: service.url, store: config.store }));
    else this.print(`listening on ${service.url}`);
    return service;
  }

  private showState(state: CaptureState, storePath: string): void {
    if (this.json) this.print(JSON.stringify({ ...state, store: storePath }));
    else this.print(`${state.state}${state.reason === null ? "" : `: ${state.reason}`} (${storePath})`);
  }
}

/** Said first: a mistyped path makes a new trail, which must not look like one that goes on. */
function describeStore(checkpoint: Checkpoint | undefined, { store, start_from }: Config): string {
  if (checkpoint !== undefined) return `${store}: goes on after ${checkpoint.gtid_set || "the beginning"}`;
  return `${store}: a new trail, which begins ${start_from === "now" ? "now" : "at the oldest change the server has"}`;
}
