// store: takes a connection for reading, gives the same one, whose statements SQLite compiles when they are first used.
// A reader has over a hundred and an answer uses a few: compiling all of them took more time than most answers do.
import type Database from "better-sqlite3";

type Statement = Database.Statement;

/** A mistake in a statement, or a damaged schema, is then told by the first use of it. */
export function compileWhenUsed(db: Database.Database): Database.Database {
  const prepare = db.prepare.bind(db) as (sql: string) => Statement;
  const prepareLater = (sql: string): Partial<Statement> => lazyStatement(() => prepare(sql));
  db.prepare = prepareLater as Database.Database["prepare"];
  return db;
}

/** All that the store's modules do with a statement. */
function lazyStatement(compile: () => Statement): Partial<Statement> {
  let compiled: Statement | undefined;
  let shape = (statement: Statement): Statement => statement;
  const statement = (): Statement => (compiled ??= shape(compile()));
  return {
    run: (...values) => statement().run(...values),
    get: (...values) => statement().get(...values),
    all: (...values) => statement().all(...values),
    iterate: (...values) => statement().iterate(...values),
    pluck(on = true) {
      shape = (plain) => plain.pluck(on);
      return this as Statement;
    },
    raw(on = true) {
      shape = (plain) => plain.raw(on);
      return this as Statement;
    },
  };
}
