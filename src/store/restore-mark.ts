// store: the mark "<store>-restoring" that a restore leaves while it moves files, and what it means to who finds it.
import { existsSync } from "node:fs";
import { AppError } from "../model/app-error.ts";

export function restoreMark(store: string): string {
  return `${store}-restoring`;
}

/** @throws store.damaged where a restore was killed half way: a writer would begin a new trail, or mix two */
export function checkNotRestoring(store: string): void {
  if (!existsSync(restoreMark(store))) return;
  throw new AppError("store.damaged", `a restore of ${store} did not come to its end`, {
    hint: "Run `auditctl restore` again, with the same backup; what was there before is kept beside it as .before-….",
  });
}
