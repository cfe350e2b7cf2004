// capture: what the server says while a snapshot reads tables -> an AppError with the cure.
import { AppError } from "../model/app-error.ts";
import type { SourceConnection } from "../model/config.ts";
import { toSourceError } from "./source-error.ts";

/** Access denied to a table, a column, a database. */
const deniedNumbers = new Set([1142, 1143, 1044, 1370]);
/** No such database, no such table. */
const missingNumbers = new Set([1049, 1146]);
/** No such column any more; the definition changed since the read was opened. */
const changedNumbers = new Set([1054, 1412]);

export function toSnapshotError(error: unknown, connection: SourceConnection, table: string): AppError {
  if (error instanceof AppError) return error;
  const { errno = 0, message = String(error) } = error as { errno?: number; message?: string };
  if (deniedNumbers.has(errno)) {
    return new AppError("snapshot.access_denied", `user ${connection.user} may not read ${table}: ${message}`, {
      hint: `On the server: GRANT SELECT ON ${quoteName(table)} TO '${connection.user}'@'<this machine>'; or give another account with --user. Only a snapshot needs it.`,
      cause: error,
    });
  }
  if (missingNumbers.has(errno)) return noTable(table);
  if (changedNumbers.has(errno)) {
    return new AppError("snapshot.table_changed", `${table} was altered while its snapshot was taken`, {
      hint: "Run the same command again: it goes on after the last stored chunk, on a new read.",
      cause: error,
    });
  }
  const known = toSourceError(error, connection);
  if (known.code !== "capture.undecodable") {
    const goesOn = "What is stored stays; run the same command again and it goes on from there.";
    return known.code === "capture.connection_lost"
      ? new AppError(known.code, known.message, { hint: goesOn, cause: error })
      : known;
  }
  return new AppError("snapshot.failed", `reading ${table} failed: ${message}`, {
    hint: "What is stored stays; run the same command again and it goes on from there.",
    cause: error,
  });
}

export function noTable(table: string): AppError {
  return new AppError("snapshot.no_table", `there is no table ${table}, or the account may not see it`, {
    hint: `Check the name; for the account: GRANT SELECT ON ${quoteName(table)} TO it. A view has no rows of its own.`,
  });
}

function quoteName(table: string): string {
  const [database = "", ...rest] = table.split(".");
  const name = rest.join(".");
  return `\`${database}\`.${name === "*" ? "*" : `\`${name}\``}`;
}
