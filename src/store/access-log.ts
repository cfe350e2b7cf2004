// store: the access log as every face writes it. Takes readings one at a time and writes them together, a few times a
// second, so that a reader never waits for the disk. A full disk loses readings, not the service; the log then says how many.
import type { Logger } from "../lib/logger.ts";
import type { Access, AccessLog } from "../model/access.ts";
import { errorFields } from "../model/app-error.ts";
import { openServiceStore, type ServiceStore } from "./service-store.ts";

export interface AccessLogHealth {
  /** Readings that could not be kept, since this process began. */
  lost: number;
  /** Why the newest attempt to write failed; null when it did not. */
  error: string | null;
}

export interface OpenAccessLog extends AccessLog {
  health(): AccessLogHealth;
  /** Writes what waits, now. */
  flush(): void;
}

interface AccessLogOptions {
  log?: Pick<Logger, "error">;
  /** Where it waits between two writes. */
  flushMs?: number;
}

/** Readings that wait for a disk that cannot be written; more are lost. */
const waitingMax = 10_000;

/** Never throws, here or later: an answer is given even where it cannot be recorded, and `health` tells. */
export function openAccessLog(storePath: string, { log, flushMs = 200 }: AccessLogOptions = {}): OpenAccessLog {
  let store: ServiceStore | undefined;
  let waiting: Access[] = [];
  let lost = 0;
  let lostUntold = 0;
  let error: string | null = null;
  let timer: NodeJS.Timeout | undefined;

  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length === 0 && lostUntold === 0) return;
    try {
      store ??= openServiceStore(storePath);
      store.recordAccess(lostUntold === 0 ? waiting : [...waiting, lostReadings(lostUntold, waiting)]);
      waiting = [];
      lostUntold = 0;
      error = null;
    } catch (fault) {
      const message = (fault as Error).message;
      if (error !== message) log?.error(errorFields(fault), "the access log cannot be written");
      error = message;
    }
  };
  return {
    record(access) {
      if (waiting.length < waitingMax) waiting.push(access);
      else {
        lost += 1;
        lostUntold += 1;
      }
      timer ??= setTimeout(flush, error === null ? flushMs : 5_000).unref();
    },
    flush,
    health: () => ({ lost, error }),
    [Symbol.dispose]() {
      flush();
      store?.[Symbol.dispose]();
      store = undefined;
    },
  };
}

/** Put into the log itself, where whoever reads it later looks. */
function lostReadings(items: number, before: readonly Access[]): Access {
  return {
    at: before.at(-1)?.at ?? "",
    face: before.at(-1)?.face ?? "http",
    reader: "audit-overlay",
    address: null,
    question: "lost_readings",
    input: {},
    outcome: "store.write_failed",
    items,
    duration_ms: 0,
  };
}
