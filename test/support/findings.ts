// Puts anomalies beside a store, as detection does.
import type { Anomaly } from "../../src/model/answer-schema.ts";
import { openFindings } from "../../src/store/findings-store.ts";

export function putAnomalies(storePath: string, anomalies: readonly Anomaly[]): void {
  using findings = openFindings(storePath);
  findings.write(() => findings.putAnomalies(anomalies));
}
