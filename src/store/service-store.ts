// store: the service file beside the store, "<store>-service", with who read what and the tokens of the service.
// A file of its own, because the ledger has one writer and here every process writes.
import "../lib/disposable-stack.ts";
import { statSync } from "node:fs";
import { dirname } from "node:path";
import { AppError } from "../model/app-error.ts";
import { type AccessQueries, prepareAccess } from "./access.ts";
import { checkNotNewer, migrate, readSchemaVersion, serviceSchema } from "./migrations.ts";
import { openPrivate } from "./open-private.ts";
import { withFileErrors } from "./sqlite-error.ts";
import { prepareToken, type TokenQueries } from "./token.ts";

export interface ServiceStore extends AccessQueries, TokenQueries, Disposable {
  readonly path: string;
}

/** Other writers hold the file for a few milliseconds each. */
const busyTimeoutMs = 2_000;

export function servicePath(storePath: string): string {
  return `${storePath}-service`;
}

/** Created where it is missing; its folder must be there. @throws store.newer, store.damaged, store.write_failed */
export function openServiceStore(storePath: string): ServiceStore {
  const path = servicePath(storePath);
  const guarded = <T>(work: () => T): T => withFileErrors(path, "who read it, and the tokens", work);
  return guarded(() => {
    if (statSync(dirname(path), { throwIfNoEntry: false }) === undefined) {
      throw new AppError("store.missing", `there is no folder ${dirname(path)}`, {
        hint: "Give the store's path with --store or AUDIT_STORE.",
      });
    }
    using cleanup = new DisposableStack();
    const db = cleanup.adopt(openPrivate(path, { timeout: busyTimeoutMs }), (open) => open.close());
    checkNotNewer(readSchemaVersion(db, path, serviceSchema), path, serviceSchema);
    db.pragma("journal_mode = WAL");
    db.pragma("synchronous = NORMAL");
    migrate(db, path, serviceSchema);
    const access = prepareAccess(db, guarded);
    const token = prepareToken(db, guarded);
    const owned = cleanup.move();
    return { path, ...access, ...token, [Symbol.dispose]: () => owned.dispose() };
  });
}

/** False where nobody has read or made a token yet. */
export function hasServiceStore(storePath: string): boolean {
  return statSync(servicePath(storePath), { throwIfNoEntry: false })?.isFile() === true;
}
