// serve/cli: the store of a command that writes while `run` may not. Takes its path, gives it open.
import { AppError } from "../../model/app-error.ts";
import { type OpenLedgerWriter, openStore } from "../../store/open-store.ts";

/** @param cure what to do when `run` has the store @throws store.in_use with that cure */
export function openStopped(path: string, cure: string): OpenLedgerWriter {
  try {
    return openStore(path);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "store.in_use") throw error;
    throw new AppError("store.in_use", error.message, { hint: `A store has one writer. ${cure}`, cause: error });
  }
}
