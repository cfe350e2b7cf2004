// serve/cli: a command that reads the store file is recorded in the access log beside it, as those who ask a service are.
// One row per command, written before its answer is shown. A log that cannot be written fails no reading: it is said once.
import type { Writable } from "node:stream";
import type { JsonObject } from "../../lib/canonical-json.ts";
import { systemClock, toTimestamp } from "../../lib/clock.ts";
import type { Access } from "../../model/access.ts";
import { AppError } from "../../model/app-error.ts";
import { openServiceStore } from "../../store/service-store.ts";
import { boundedInput, countItems } from "../reading-content.ts";
import { osUserName } from "./os-user.ts";
import { printable } from "./terminal.ts";

export interface LocalReading {
  store: string;
  question: string;
  input: JsonObject;
}

/** Runs `answer` and records it, whatever comes of it. @param notes where a log that cannot be written is told */
export async function recordReading<T extends object>(
  { store, question, input }: LocalReading,
  notes: Writable,
  answer: () => Promise<T>,
): Promise<T> {
  const at = toTimestamp(systemClock.now());
  const startedAt = performance.now();
  const finish = (outcome: Access["outcome"], items: number | null): void => {
    const duration_ms = Math.round((performance.now() - startedAt) * 1_000) / 1_000;
    const asked = { at, face: "cli", reader: `local ${osUserName()}`, address: null, question } as const;
    try {
      using service = openServiceStore(store);
      service.recordAccess([{ ...asked, input: boundedInput(input), outcome, items, duration_ms }]);
    } catch (error) {
      notes.write(`note: this reading is not in the access log: ${printable((error as Error).message, 500)}\n`);
    }
  };
  try {
    const given = await answer();
    finish("ok", countItems(given));
    return given;
  } catch (error) {
    finish(error instanceof AppError ? error.code : "bug", null);
    throw error;
  }
}
