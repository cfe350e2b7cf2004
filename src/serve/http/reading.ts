// serve/http: each reading of the trail goes into the access log, with what came of it. The answer does not wait for the disk.
import type { JsonObject } from "../../lib/canonical-json.ts";
import { type Clock, toTimestamp } from "../../lib/clock.ts";
import type { Access, AccessLog } from "../../model/access.ts";
import { AppError } from "../../model/app-error.ts";
import { boundedInput } from "../reading-content.ts";
import type { ServiceContext } from "./service-request.ts";

export interface Readings {
  /** Runs `answer` and records it, whatever comes of it. */
  record(
    context: ServiceContext,
    question: string,
    input: JsonObject,
    answer: () => Promise<Response>,
  ): Promise<Response>;
  /** Of something that goes on: this many items were given now. */
  note(context: ServiceContext, question: string, input: JsonObject, items: number): void;
}

export function createReadings(accessLog: Pick<AccessLog, "record">, clock: Clock): Readings {
  const write = (context: ServiceContext, access: Omit<Access, "at" | "face" | "reader" | "address">): void => {
    const { name, address } = context.get("reader");
    const input = boundedInput(access.input);
    accessLog.record({ at: toTimestamp(clock.now()), face: "http", reader: name, address, ...access, input });
  };
  return {
    async record(context, question, input, answer) {
      const startedAt = performance.now();
      const finish = (outcome: Access["outcome"]): void => {
        const duration_ms = Math.round((performance.now() - startedAt) * 1_000) / 1_000;
        write(context, { question, input, outcome, items: context.get("items") ?? null, duration_ms });
      };
      try {
        const response = await answer();
        finish("ok");
        return response;
      } catch (error) {
        finish(error instanceof AppError ? error.code : "bug");
        throw error;
      }
    },
    note: (context, question, input, items) =>
      write(context, { question, input, outcome: "ok", items, duration_ms: 0 }),
  };
}
