// Makes calls into SQLite fail: takes which one and how, gives an object that counts the calls and mends everything when disposed.
// The fault is injected at the driver's boundary (better-sqlite3's own prototypes), because only there can each call be reached
// one after the other; what is thrown is the driver's real SqliteError, and none of our code knows. Faults that SQLite itself
// meets (a full disk, another writer, a file that may not be written) are tested beside these, with the real thing.
import Database from "better-sqlite3";

export const sqliteFaults = ["SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_BUSY", "SQLITE_READONLY"] as const;
export type SqliteFault = (typeof sqliteFaults)[number];

export interface FaultPlan {
  code: SqliteFault;
  /** The first call that fails, from 1. */
  atCall: number;
  /** Whether every later one fails too, ROLLBACK included, as on a disk that stays full. */
  forGood?: boolean;
}

export interface ArmedFault extends Disposable {
  /** Calls so far. */
  calls(): number;
  /** What was called when the fault was first met; undefined when it was not. */
  hit(): string | undefined;
}

type Method = (...args: unknown[]) => unknown;

const messages: Record<SqliteFault, string> = {
  SQLITE_FULL: "database or disk is full",
  SQLITE_IOERR_WRITE: "disk I/O error",
  SQLITE_BUSY: "database is locked",
  SQLITE_READONLY: "attempt to write a readonly database",
};

export function armSqliteFault({ code, atCall, forGood = false }: FaultPlan): ArmedFault {
  let calls = 0;
  let hit: string | undefined;
  const meet = (what: string): void => {
    calls += 1;
    if (forGood ? calls < atCall : calls !== atCall) return;
    hit ??= what;
    throw new Database.SqliteError(messages[code], code);
  };
  const mend = new DisposableStack();
  const wrap = (
    prototype: Record<string, Method>,
    name: string,
    describe: (self: unknown, args: unknown[]) => string,
  ): void => {
    const real = prototype[name]!;
    prototype[name] = function wrapped(this: unknown, ...args: unknown[]) {
      meet(describe(this, args));
      return real.apply(this, args);
    };
    mend.defer(() => (prototype[name] = real));
  };
  const statements = statementPrototype();
  for (const name of ["run", "get", "all"]) wrap(statements, name, (self) => (self as Database.Statement).source);
  const databases = Database.prototype as unknown as Record<string, Method>;
  for (const name of ["exec", "prepare"]) wrap(databases, name, (_self, args) => `${name} ${String(args[0])}`);
  return { calls: () => calls, hit: () => hit, [Symbol.dispose]: () => mend.dispose() };
}

/** BEGIN, COMMIT and ROLLBACK of `transaction()`, and each pragma, are statements too: one prototype has them all. */
function statementPrototype(): Record<string, Method> {
  using stack = new DisposableStack();
  const db = stack.adopt(new Database(":memory:"), (open) => open.close());
  return Object.getPrototypeOf(db.prepare("SELECT 1")) as Record<string, Method>;
}
