// Loaded into a capture process before the program: injects the fault that FAULT_PLAN names. The program knows nothing of it.
import { EventEmitter } from "node:events";
import Database from "better-sqlite3";
import { eventType } from "../../src/capture/event-packet.ts";
import { armSqliteFault } from "../../test/support/sqlite-fault.ts";
import { type FaultPlan, planVariable } from "./fault-plan.ts";

inject(JSON.parse(process.env[planVariable] ?? "null") as FaultPlan | null);

function inject(plan: FaultPlan | null): void {
  switch (plan?.kind) {
    case "kill-at-event":
      return onEvent(plan, dieNow);
    case "error-at-event":
      return onEvent(plan, (client) => void client.emit("error", new Error("an error made up by a test")));
    case "kill-at-commit":
      return killAtCommit(plan);
    case "slow":
      return onEvent(
        { event: "", nth: 0 },
        () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, plan.eventMs),
      );
    case "sqlite":
      return onEvent(
        { event: "Gtid", nth: 1 },
        () => void armSqliteFault({ code: plan.code, atCall: plan.nth, forGood: plan.forGood }),
      );
    default:
  }
}

function dieNow(): void {
  process.kill(process.pid, "SIGKILL");
}

/** Rows are decoded by capture itself; their events have only the number of their type. */
const rowsTypes: Readonly<Record<number, string>> = {
  [eventType.tableMap]: "TableMap",
  [eventType.writeRows]: "WriteRows",
  [eventType.writeRowsV1]: "WriteRows",
};

interface SeenEvent {
  getTypeName?: () => string;
  type?: number;
  query?: string;
}

/** Each event comes as "binlog" of the client library, which is an EventEmitter. `event`: the end of its type's name. */
function onEvent({ event, nth }: { event: string; nth: number }, act: (client: EventEmitter) => void): void {
  const emitter = EventEmitter.prototype as {
    emit: (this: EventEmitter, ...args: Parameters<EventEmitter["emit"]>) => boolean;
  };
  const emit = emitter.emit;
  let seen = 0;
  emitter.emit = function emitAndAct(this: EventEmitter, name: string | symbol, ...args: unknown[]) {
    const result = emit.call(this, name, ...args);
    const seenEvent = args[0] as SeenEvent | undefined;
    const typeName = rowsTypes[seenEvent?.type ?? 0] ?? seenEvent?.getTypeName?.();
    if (name === "binlog" && typeName?.endsWith(event) && seenEvent?.query !== "BEGIN") {
      seen += 1;
      if (nth === 0 || seen === nth) act(this);
    }
    return result;
  };
}

function killAtCommit({ when, nth }: { when: "before" | "after"; nth: number }): void {
  const db = new Database(":memory:");
  const statements = Object.getPrototypeOf(db.prepare("SELECT 1")) as { run: (...args: unknown[]) => unknown };
  db.close();
  const run = statements.run;
  let hasChanges = false;
  let batches = 0;
  statements.run = function runAndDie(this: Database.Statement, ...args: unknown[]) {
    if (this.source.includes("INTO change_event")) hasChanges = true;
    const due = this.source === "COMMIT" && hasChanges && (batches += 1) === nth;
    if (this.source === "COMMIT") hasChanges = false;
    if (due && when === "before") dieNow();
    const result = run.apply(this, args);
    if (due) dieNow();
    return result;
  };
}
