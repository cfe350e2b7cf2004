// serve/cli: `auditctl serve`. Answers over HTTP from a store until it is told to stop.
import { once } from "node:events";
import { Command, Option } from "clipanion";
import { systemClock } from "../../lib/clock.ts";
import { packageVersion } from "../../lib/package-root.ts";
import { type ConfigKey, configSchema } from "../../model/config.ts";
import { BaseCommand, definedOnly, settingFlag } from "./base-command.ts";
import { toListenTls, withAlertSecrets, withModelKey } from "./load-config.ts";
import { requireTokenFlag, serviceSettings } from "./service-flags.ts";
import { stopOnSignal } from "./stop-on-signal.ts";

export class ServeCommand extends BaseCommand {
  static override paths = [["serve"]];
  static override usage = Command.Usage({
    description: "Answer over HTTP from a store until stopped.",
    details:
      "Beside `auditctl run`, or alone on a copy of a store. Programs on this machine need no token, unless --require-token is given; " +
      "an address that others can reach refuses to start without one (`auditctl token create`). " +
      "With --ingest it has the store for itself and takes what Debezium posts at /ingest; `auditctl run --listen` takes it too. " +
      "Every reading of the trail is recorded (`auditctl access`). Ctrl-C or SIGTERM stops it within 10 seconds, with what was asked answered.",
    examples: [
      ["The trail of a site whose only source is Debezium", "auditctl serve --ingest --rules pharmacy"],
      ["For programs on this machine", "auditctl serve --store audit-overlay.db"],
      [
        "For others, encrypted",
        "auditctl serve --listen 0.0.0.0:8443 --listen-tls-cert cert.pem --listen-tls-key key.pem",
      ],
    ],
  });

  listen = settingFlag("listen");
  listenTokenFile = settingFlag("listen_token_file");
  listenTlsCert = settingFlag("listen_tls_cert");
  listenTlsKey = settingFlag("listen_tls_key");
  listenNames = settingFlag("listen_names");
  rateLimit = settingFlag("rate_limit");
  logLevel = settingFlag("log_level");
  logFile = settingFlag("log_file");
  requireToken = requireTokenFlag();
  ingest = Option.Boolean("--ingest", false, {
    description: "Take row changes at POST /ingest, in Debezium's envelope, where no `run` writes the store.",
  });
  rules = Option.String("--rules", { description: configSchema.shape.rules.description ?? "" });

  protected override flags(): Partial<Record<ConfigKey, string>> {
    return definedOnly({
      ...super.flags(),
      ...serviceSettings(this),
      log_level: this.logLevel,
      log_file: this.logFile,
      rules: this.rules,
    });
  }

  protected override async run(): Promise<number> {
    const { checkListen, openService } = await import("../http/service.ts");
    const { openPostThread } = await import("../../pipeline/post-thread.ts");
    const { keepFindings } = await import("../../pipeline/keep-findings.ts");
    const { createMeasures } = await import("../../pipeline/measures.ts");
    const loaded = withModelKey(this.loadConfig());
    const config = this.ingest ? withAlertSecrets(loaded) : loaded;
    if (this.ingest) (await import("../../alert/open-receivers.ts")).openReceivers(config, packageVersion, systemClock);
    const measures = createMeasures();
    // Closed last: what the others say while they stop is still written.
    await using log = (await import("../../pipeline/service-log.ts")).openServiceLog(config);
    const findings = { keep: Promise.resolve(), stop: new AbortController() };
    using stop = stopOnSignal();
    const stopped = once(stop.signal, "abort");
    let reload = (): void => {};
    const onHangUp = (): void => reload();
    if (this.ingest) process.on("SIGHUP", onHangUp);
    try {
      // The writer first: it makes a store that is not there.
      checkListen(config);
      const threads = { onLogged: log.write, onMeasured: measures.open("posts") };
      await using sink = this.ingest
        ? await openPostThread({ config, version: packageVersion, ...threads })
        : undefined;
      if (sink) reload = () => sink.reload();
      await using service = await openService({
        config,
        tls: toListenTls(config),
        log: log.of,
        measures: () => [...log.samples(), ...measures.all()],
        ...(sink && { sink }),
      });
      if (this.json) this.print(JSON.stringify({ listening: service.url, store: config.store }));
      else this.print(`listening on ${service.url} (${config.store}); ${service.url}/docs shows what can be asked`);
      // With posts this is the process that writes the trail, as `run` is elsewhere.
      if (sink) {
        const { signal } = findings.stop;
        findings.keep = keepFindings({
          config,
          version: packageVersion,
          onModelCalled: () => sink.chainModelCalls(),
          onLogged: log.write,
          measures,
          signal,
          log: log.of("main"),
        });
      }
      await Promise.race([stopped, ...(sink ? [sink.ended] : [])]);
    } finally {
      findings.stop.abort();
      await findings.keep;
      process.off("SIGHUP", onHangUp);
    }
    return 0;
  }
}
