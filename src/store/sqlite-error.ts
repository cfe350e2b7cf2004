// store: turns what SQLite throws into an AppError with a cure. Anything that is not SQLite's passes through.
import Database from "better-sqlite3";
import { AppError } from "../model/app-error.ts";

export function toStoreError(error: unknown, path: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const { code, message } = error;
  if (code.startsWith("SQLITE_BUSY")) {
    return new AppError("store.in_use", `another process is writing to ${path}`, {
      hint: "One `auditctl run` per store. Stop the other one, or give this one its own --store.",
      cause: error,
    });
  }
  if (code === "SQLITE_NOTADB") {
    return new AppError("store.damaged", `${path} is not a store of audit-overlay: ${message}`, {
      hint: "Check --store or AUDIT_STORE. If it was a store once, its first bytes were changed: keep it as evidence.",
      cause: error,
    });
  }
  // A table, column or index of ours that is not there was taken out by someone.
  if (code.startsWith("SQLITE_CORRUPT") || /^no such (table|column|index|view)/.test(message)) {
    return new AppError("store.damaged", `${path} cannot be read as a store: ${message}`, {
      hint: "Keep the file as evidence (`auditctl verify` names the places), and restore the last backup.",
      cause: error,
    });
  }
  if (code.startsWith("SQLITE_CANTOPEN")) {
    return new AppError("store.missing", `cannot open ${path}`, {
      hint: "Check the path and its folder's permissions; `auditctl run` creates the store.",
      cause: error,
    });
  }
  return new AppError("store.write_failed", `SQLite on ${path}: ${message} (${code})`, {
    hint: "Check free space and permissions, then start again: nothing was half stored, capture resumes where it was.",
    cause: error,
  });
}

/** Runs `work`, with SQLite's errors made readable. */
export function withStoreErrors<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toStoreError(error, path);
  }
}

/** The same for a file beside the store. @param holds what it holds, for the hint */
export function withFileErrors<T>(path: string, holds: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const readable = toStoreError(error, path);
    if (!(readable instanceof AppError) || readable === error) throw readable;
    throw new AppError(readable.code, readable.message, {
      hint:
        readable.code === "store.in_use"
          ? "Another program holds this file locked; close it."
          : `Check free space and permissions of ${path}. It is not the trail, but holds ${holds}.`,
      cause: error,
    });
  }
}
