// store: one detector per store. SQLite's own file lock on "<store>-findings-lock", as write-lock.ts has it for the writer.
import { AppError } from "../model/app-error.ts";
import { findingsPath } from "./findings-store.ts";
import { toStoreError } from "./sqlite-error.ts";
import { acquireWriteLock } from "./write-lock.ts";

/** @throws store.in_use when another process detects; it lets go when it ends, however it does */
export function lockDetection(storePath: string): Disposable {
  const path = findingsPath(storePath);
  try {
    return acquireWriteLock(path);
  } catch (error) {
    const readable = toStoreError(error, path);
    if (!(readable instanceof AppError) || readable.code !== "store.in_use") throw readable;
    throw new AppError("store.in_use", `another process detects anomalies over ${storePath}`, {
      hint: "`auditctl run` does it by itself, and `auditctl anomalies` shows what it found and how far it is. To begin anew with `auditctl detect --again`, stop it or set `detect: false`.",
      cause: error,
    });
  }
}
