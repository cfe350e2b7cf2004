// store: statements whose text depends on the question, each prepared once.
import type Database from "better-sqlite3";
import type { SqlValues } from "./event-filter.ts";

export type Prepare = <Row>(sql: string) => Database.Statement<[SqlValues], Row>;

/** Texts are made of a few parts that are ours, so there are few of them. */
export function prepareOnce(db: Database.Database): Prepare {
  const statements = new Map<string, Database.Statement<[SqlValues]>>();
  return <Row>(sql: string) => {
    const statement = statements.get(sql) ?? db.prepare<[SqlValues]>(sql);
    statements.set(sql, statement);
    return statement as Database.Statement<[SqlValues], Row>;
  };
}
