// Measures of threads: counters never go down, also when a thread is started anew; lag says what is known and no more.
import { expect, it } from "vitest";
import { createMeasures } from "../../../src/pipeline/measures.ts";
import { createSourceLag } from "../../../src/pipeline/source-lag.ts";

it("a thread that is started anew adds to what it had counted, and its gauges begin again", () => {
  const measures = createMeasures();
  const delivered = (value: number) =>
    ({ name: "audit_overlay_alerts_delivered_total", values: [{ labels: { receiver: "webhook" }, value }] }) as const;
  const valuesOf = () => Object.fromEntries(measures.all().map(({ name, values }) => [name, values[0]?.value]));
  const first = measures.open("findings");
  first([delivered(3), { name: "audit_overlay_alerts_waiting", values: [{ value: 9 }] }]);
  first([delivered(5)]);
  const again = measures.open("findings");
  expect(valuesOf()).toEqual({ audit_overlay_alerts_delivered_total: 5 });
  again([delivered(1)]);
  measures.open("findings")([delivered(2)]);
  expect(valuesOf()).toEqual({ audit_overlay_alerts_delivered_total: 8 });
});

it("errors of several threads are added up by code", () => {
  const measures = createMeasures();
  const errors = (code: string, value: number) =>
    ({ name: "audit_overlay_errors_total", values: [{ labels: { code }, value }] }) as const;
  measures.open("ingest")([errors("capture.connection_lost", 2)]);
  measures.open("findings")([errors("store.damaged", 1)]);
  measures.open("posts")([errors("capture.connection_lost", 1)]);
  expect(measures.all()).toEqual([
    {
      name: "audit_overlay_errors_total",
      values: [
        { labels: { code: "capture.connection_lost" }, value: 3 },
        { labels: { code: "store.damaged" }, value: 1 },
      ],
    },
  ]);
});

it("lag is 0 while all is stored, then the age of what is newest, never longer than all was stored, and gone when nobody answers", () => {
  let nowMs = Date.parse("2026-01-05T10:00:00Z");
  const lag = createSourceLag(() => nowMs);
  const uuid = "24bc7850-2c16-11e6-a073-0242ac110002";
  const server = (executed: string) => ({ executedGtidSet: executed, retentionSeconds: 3_600 });
  const told = () =>
    Object.fromEntries(
      lag.samples().map(({ name, values }) => [name.replace("audit_overlay_", ""), values[0]?.value] as const),
    );
  expect(told()).toEqual({ reconnects_total: 0 });
  // Far behind since the start: the newest that is stored was committed an hour ago.
  lag.looked(server(`${uuid}:1-100`), `${uuid}:1-40`);
  expect(told()).toMatchObject({ lag_transactions: 60, binlog_retention_seconds: 3_600 });
  expect(told()).not.toHaveProperty("lag_seconds.0");
  lag.stored("2026-01-05T09:00:00.000000Z");
  expect(told()).toMatchObject({ lag_seconds: 3_600 });
  lag.looked(server(`${uuid}:1-100`), `${uuid}:1-100`);
  expect(told()).toMatchObject({ lag_transactions: 0, lag_seconds: 0 });
  // Idle for a while, then one more: the newest is old, the missing one is not.
  nowMs += 5_000;
  lag.looked(server(`${uuid}:1-101`), `${uuid}:1-100`);
  expect(told()).toMatchObject({ lag_transactions: 1, lag_seconds: 5 });
  nowMs += 31_000;
  lag.reconnected();
  expect(told()).toEqual({ binlog_retention_seconds: 3_600, reconnects_total: 1 });
});
