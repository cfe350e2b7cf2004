// pipeline: what `verify` found -> an alert in the outbox, once for the same faults, and once when the trail verifies again. The
// process that reads the log delivers it.
import { hash } from "node:crypto";
import { verifyAlert } from "../alert/alert-content.ts";
import { type Clock, toTimestamp } from "../lib/clock.ts";
import type { VerifyReport } from "../model/trace.ts";
import { hasFindings, openFindings } from "../store/findings-store.ts";

/** @throws store errors */
export function tellVerify(storePath: string, report: VerifyReport, clock: Clock): void {
  // Nothing was ever told: there is nothing to take back.
  if (report.ok && !hasFindings(storePath)) return;
  const faults = report.ok ? null : hash("sha256", JSON.stringify(report.faults));
  const now = toTimestamp(clock.now());
  using findings = openFindings(storePath);
  findings.write(() => {
    // Looked at in here: two services may be asked at once.
    if ((findings.alertMemory("verify")?.faults ?? null) === faults) return;
    findings.putAlertMemory("verify", { faults });
    findings.putAlert(verifyAlert(report, now), now);
  });
}
