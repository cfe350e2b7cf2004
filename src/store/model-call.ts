// store: the table model_call of the findings file. Every question to a model, written down before it is asked; it waits here for
// its entry in the chain.
import type Database from "better-sqlite3";
import { canonicalJson, type JsonObject } from "../lib/canonical-json.ts";
import type { ModelCall, ModelCallEnd } from "../model/model-call.ts";

export interface WaitingModelCall {
  call: ModelCall;
  /** null: its process died before the answer came. */
  end: ModelCallEnd | null;
}

export interface ModelCallWrites {
  beginModelCall(call: ModelCall): void;
  endModelCall(id: string, end: ModelCallEnd): void;
  /** The oldest first: those that have ended, and those that began before a time at which they must have. */
  waitingModelCalls(begunBefore: string, limit: number): WaitingModelCall[];
  countWaitingModelCalls(): number;
  /** They are in the chain. */
  settleModelCalls(ids: readonly string[]): void;
}

export function prepareModelCallWrites(db: Database.Database): ModelCallWrites {
  const begin = db.prepare<[string, string, string]>(
    "INSERT INTO model_call (model_call_id, call, called_at, is_in_chain) VALUES (?, ?, ?, 0)",
  );
  const end = db.prepare<[string, string]>(
    "UPDATE model_call SET call_end = ? WHERE model_call_id = ? AND is_in_chain = 0",
  );
  const waiting = db.prepare<[string, number], { call: string; call_end: string | null }>(
    `SELECT call, call_end FROM model_call WHERE is_in_chain = 0 AND (call_end IS NOT NULL OR called_at < ?)
     ORDER BY model_call_id LIMIT ?`,
  );
  const count = db.prepare<[], { n: number }>("SELECT count(*) AS n FROM model_call WHERE is_in_chain = 0");
  const settle = db.prepare<[string]>("UPDATE model_call SET is_in_chain = 1 WHERE model_call_id = ?");
  return {
    beginModelCall: (call) => void begin.run(call.model_call_id, toJson(call), call.called_at),
    endModelCall: (id, result) => void end.run(toJson(result), id),
    waitingModelCalls: (begunBefore, limit) =>
      waiting.all(begunBefore, limit).map(({ call, call_end }) => ({
        call: JSON.parse(call) as ModelCall,
        end: JSON.parse(call_end ?? "null") as ModelCallEnd | null,
      })),
    countWaitingModelCalls: () => count.get()?.n ?? 0,
    settleModelCalls: (ids) => db.transaction(() => ids.forEach((id) => settle.run(id))).immediate(),
  };
}

function toJson(value: ModelCall | ModelCallEnd): string {
  return canonicalJson({ ...value } satisfies JsonObject);
}
