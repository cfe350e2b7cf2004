// serve/http: a whole service. Takes a store and settings, gives a listening API, and lets go of everything in order.
import { statSync } from "node:fs";
import { systemClock, toTimestamp } from "../../lib/clock.ts";
import type { LogComponent, Logger } from "../../lib/logger.ts";
import { AppError, errorFields } from "../../model/app-error.ts";
import type { Config } from "../../model/config.ts";
import type { IngestSink } from "../../model/ingest.ts";
import type { Answer, Answerer, QuestionName } from "../../model/question.ts";
import type { Sample } from "../../model/sample.ts";
import { isUsable } from "../../model/token.ts";
import { createLocalAnswerer } from "../../pipeline/local-answerer.ts";
import { tellVerify } from "../../pipeline/tell-verify.ts";
import { createQuestionThread } from "../../pipeline/question-thread.ts";
import { runSearchIndexThread } from "../../pipeline/search-index-thread.ts";
import { type OpenAccessLog, openAccessLog } from "../../store/access-log.ts";
import { openStoreReader } from "../../store/open-store.ts";
import type { StoreReader } from "../../store/store-reader.ts";
import { hasServiceStore, openServiceStore } from "../../store/service-store.ts";
import { createReadings } from "./reading.ts";
import { createMcpMount } from "../mcp/mcp-mount.ts";
import { createHttpApp } from "./http-app.ts";
import { openProcessMeter } from "./process-samples.ts";
import type { TrailNumbers } from "./service-health.ts";
import { openHttpServer, type ServerLimits } from "./http-server.ts";
import { createIngestMount } from "./ingest-mount.ts";
import { readListenToken } from "./listen-token.ts";
import { type ListenAddress, parseListenAddress, usualListenAddress } from "./listen-address.ts";
import type { Mount } from "./service-request.ts";

export interface ServiceOptions {
  config: Config;
  /** Certificate and key as PEM text. */
  tls: { cert: string; key: string } | undefined;
  log: ServiceLoggers;
  limits?: Partial<ServerLimits>;
  /** Takes posts of Debezium at /ingest. */
  sink?: IngestSink;
  /** Of this process's log and its other threads, for /metrics. */
  measures?: () => readonly Sample[];
  /** Further faces of this service. They are given what they share with it. */
  createMounts?: (shared: SharedByFaces) => readonly Mount[];
}

/** Where each part of the service logs. */
export type ServiceLoggers = (component: LogComponent) => Logger;

export interface SharedByFaces {
  answerer: Pick<Answerer, "ask">;
  accessLog: Pick<OpenAccessLog, "record">;
  /** Ends when the service does. */
  signal: AbortSignal;
}

export interface Service extends AsyncDisposable {
  url: string;
}

const drainMs = 10_000;

/** @throws usage.config where others could reach it without a token; service.listen_failed; store errors */
export async function openService({
  config,
  tls,
  log,
  limits = {},
  sink,
  measures = () => [],
  createMounts = () => [],
}: ServiceOptions): Promise<Service> {
  const address = checkListen(config);
  await using cleanup = new AsyncDisposableStack();
  const reader = openStoreReader(config.store);
  const local = cleanup.use(createLocalAnswerer(reader));
  const tokens = cleanup.use(openServiceStore(config.store));
  const ofFile = readListenToken(config.listen_token_file, log("http"));
  const accessLog = cleanup.use(openAccessLog(config.store, { log: log("http") }));
  // What may take a tenth of a second, or minutes, has threads of its own, so that nobody else waits for it.
  const slow: Partial<Record<QuestionName, Pick<Answerer, "ask">>> = {
    verify: cleanup.use(createQuestionThread(config.store)),
    search: cleanup.use(createQuestionThread(config.store)),
    summary: cleanup.use(createQuestionThread(config.store)),
  };
  const answerer: Pick<Answerer, "ask"> = {
    async ask(name, input) {
      const answer = await (slow[name] ?? local).ask(name, input);
      if (name === "verify") tellVerified(config.store, answer as Answer<"verify">, log("store"));
      return answer;
    },
  };
  const meter = cleanup.use(openProcessMeter());
  const ending = new AbortController();
  const app = createHttpApp({
    answerer,
    accessLog,
    storePath: config.store,
    measures: () => [...meter.samples(), ...queueSamples(sink), ...measures()],
    numbers: () => {
      const { lost, error } = accessLog.health();
      return {
        trail: trailNumbers(reader),
        storeBytes: storeBytes(config.store),
        readingsLost: lost,
        accessLogFails: error !== null,
      };
    },
    loopback: address.loopback,
    names: config.listen_names,
    requireToken: !address.loopback || config.require_token,
    findToken: (token) => ofFile(token) ?? tokens.findToken(token, now()),
    requestsPerSecond: config.rate_limit,
    silenceSecondsMax: Math.max(60, 2 * config.silence_seconds),
    mounts: [
      ...(sink === undefined ? [] : [createIngestMount({ sink, readings: createReadings(accessLog, systemClock) })]),
      createMcpMount({ answerer, accessLog, log: log("mcp") }),
      ...createMounts({ answerer, accessLog, signal: ending.signal }),
    ],
    https: tls !== undefined,
    clock: systemClock,
    log: log("http"),
    signal: ending.signal,
  });
  const server = await openHttpServer({ app, address, tls, limits });
  const indexing = keepSearchIndex(config.store, log("search"), ending.signal);
  cleanup.defer(async () => {
    ending.abort();
    await Promise.all([server.close(drainMs), indexing]);
  });
  const owned = cleanup.move();
  return { url: server.url, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Receivers of alerts are told; the answer does not depend on it. */
function tellVerified(store: string, report: Answer<"verify">, log: Logger): void {
  try {
    tellVerify(store, report, systemClock);
  } catch (error) {
    log.error(errorFields(error), "what verify found cannot be put among the alerts");
  }
}

/** Without it searches are right, only slower: what is wrong with it is logged, and the service goes on. */
async function keepSearchIndex(store: string, log: Logger, signal: AbortSignal): Promise<void> {
  const onUnwritable = (): void =>
    log.warn({ store }, "the search index beside the store cannot be written; searches are slower");
  try {
    await runSearchIndexThread({ store, onUnwritable, signal });
  } catch (error) {
    log.error(errorFields(error), "the search index is not kept up to date any more");
  }
}

/** Before anything is opened. @throws usage.config where others could reach it, or a token is asked for, and there is none */
export function checkListen(config: Config): ListenAddress {
  const { listen = usualListenAddress, listen_token_file, require_token, store } = config;
  const address = parseListenAddress(listen);
  const needsToken = !address.loopback || require_token;
  if (!needsToken || listen_token_file !== undefined || hasValidToken(store)) return address;
  const why = address.loopback ? "require_token is set" : `others can reach ${address.host}`;
  throw new AppError("usage.config", `setting listen: ${why}, and there is no valid token`, {
    hint: "Make one with `auditctl token create --name …`, have one made with --listen-token-file, or listen on 127.0.0.1.",
  });
}

function hasValidToken(storePath: string): boolean {
  if (!hasServiceStore(storePath)) return false;
  using tokens = openServiceStore(storePath);
  return tokens.listTokens().some((token) => isUsable(token, now()));
}

const storeFiles = { store: "", wal: "-wal", search: "-search", service: "-service", findings: "-findings" };

function storeBytes(path: string): Record<string, number> {
  const sizes = Object.entries(storeFiles).flatMap(([file, ending]) => {
    const size = statSync(`${path}${ending}`, { throwIfNoEntry: false })?.size;
    return size === undefined ? [] : [[file, size] as const];
  });
  return Object.fromEntries(sizes);
}

/** undefined where the store or what lies beside it cannot be read, which is a number too. */
function trailNumbers(reader: StoreReader): TrailNumbers | undefined {
  try {
    const { byType, superseded } = reader.writtenEvents();
    return { writtenByType: byType, superseded, verifyFailed: reader.verifyFailed() };
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

function queueSamples(sink: IngestSink | undefined): Sample[] {
  if (sink === undefined) return [];
  return [{ name: "audit_overlay_queue_bytes", values: [{ labels: { queue: "posts" }, value: sink.waitingBytes() }] }];
}

function now(): string {
  return toTimestamp(systemClock.now());
}
