// pipeline: what a person says of an anomaly -> the findings file beside the store. Detection takes it in before its next page.
import { type Clock, toTimestamp } from "../lib/clock.ts";
import type { MarkAnswer, MarkInput } from "../model/anomaly-mark.ts";
import { AppError } from "../model/app-error.ts";
import { hasFindings, openFindings } from "../store/findings-store.ts";

interface MarkOptions {
  store: string;
  id: string;
  mark: MarkInput;
  /** Name of the token, or the operating system's user. */
  by: string;
  clock: Clock;
}

/** @throws trace.not_found; store.newer, store.damaged, store.write_failed */
export function markAnomaly({ store, id, mark, by, clock }: MarkOptions): MarkAnswer {
  if (!hasFindings(store)) throw noAnomaly(id);
  using findings = openFindings(store);
  const anomaly = findings.write(() => {
    const anomaly_id = id.toLowerCase();
    const note = mark.note ?? null;
    const isThere = findings.markAnomaly({
      anomaly_id,
      state: mark.state,
      note: note === null ? null : note.toWellFormed(),
      marked_by: by,
      marked_at: toTimestamp(clock.now()),
    });
    return isThere ? findings.anomalyById(anomaly_id) : undefined;
  });
  if (anomaly === undefined) throw noAnomaly(id);
  return { anomaly };
}

function noAnomaly(id: string): AppError {
  return new AppError("trace.not_found", `there is no anomaly ${id}`, {
    hint: "`auditctl anomalies` shows the id of each, in full.",
  });
}
