// What rows say in an alert is bounded: receivers refuse a body of megabytes, and the one who wrote it would be told of to nobody.
import { expect, it } from "vitest";
import { anomalyAlert, gapAlert, markAlert } from "../../../src/alert/alert-content.ts";
import { anomalyOf } from "../../support/alerts.ts";

const long = "x".repeat(1_000_000);
const anomaly = anomalyOf(1, {
  entity_type: long,
  entity_id: long,
  reason: long,
  actor: { id: long, kind: "app_user", grade: "column" },
});
const gap = { entry_id: 1, recorded_at: "", reason: long, from_gtid_set: long, to_gtid_set: long };

it.each([
  ["an anomaly", anomalyAlert(anomaly, null)],
  ["a mark", markAlert(anomaly, { mark_id: 1, state: "expected", marked_by: long, note: long, marked_at: "" })],
  ["a gap", gapAlert(gap)],
])("of %s", (_name, alert) => expect(JSON.stringify(alert).length).toBeLessThan(10_000));

it("and whole where it is of a usual length", () =>
  expect(anomalyAlert(anomalyOf(1), null).data["anomaly"]).toMatchObject({
    entity_id: "P-1",
    actor: { id: "clerk-1", kind: "app_user", grade: "column" },
    reason: "14 units are gone; 2 are usual.",
  }));
