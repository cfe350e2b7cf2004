// The forecast of a full disk: what it goes by, and when it says nothing.
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { prepareDisk } from "../../src/store/disk.ts";
import { openStore } from "../../src/store/open-store.ts";
import { changeOf, checkpointAt, startLedger, transactionOf } from "../support/ledger.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { toTimestamp } from "../../src/lib/clock.ts";
import type { DiskStatus } from "../../src/model/trace.ts";

const dayMs = 86_400_000;
/** When `startLedger` starts. */
const startMs = Date.parse("2026-03-01T12:00:00Z");

interface Day {
  /** Days since the start. */
  day: number;
  changes: number;
  snapshot?: boolean;
}

/** One transaction, or chunk of a snapshot, of each. */
function forecast(days: readonly Day[], atDay: number): DiskStatus {
  using folder = openTempFolder({ small: true });
  const path = folder.file("s.db");
  {
    using store = openStore(path);
    startLedger(store);
    for (const [index, { day, changes, snapshot = false }] of days.entries()) {
      const timestamp = toTimestamp(startMs + day * dayMs);
      const number = index + 1;
      const rows = Array.from({ length: changes }, (_, seq) => changeOf(number, seq, { timestamp }));
      const header = { timestamp, received_at: timestamp, changes: rows };
      if (!snapshot)
        store.append([{ ...transactionOf(number), ...header, businessEvents: [] }], checkpointAt(number), timestamp);
      else {
        const detail = { snapshot_id: "s", table: "shop.sales" } as never;
        store.appendSnapshot({ ...header, transaction_id: `snapshot:s:shop.sales:${number}`, detail });
      }
    }
  }
  using cleanup = new DisposableStack();
  const db = cleanup.adopt(new Database(path, { readonly: true }), (open) => open.close());
  return prepareDisk(db, path)(startMs + atDay * dayMs);
}

const eachDay = (from: number, to: number, changes: number): Day[] =>
  Array.from({ length: to - from }, (_, index) => ({ day: from + index, changes }));

it("says nothing of a trail that is younger than a day, or holds next to nothing", () => {
  expect(forecast([{ day: 0, changes: 2_000 }], 0.9)).toMatchObject({ bytes_per_day: null, full_at: null });
  expect(forecast(eachDay(0, 5, 100), 5)).toMatchObject({ bytes_per_day: null, full_at: null });
});

it("takes the pace of the last seven days, and leaves out what was before, and the rows of a snapshot", () => {
  const steady = forecast(eachDay(0, 20, 100), 20);
  // 100 of 2,000 changes a day.
  expect(steady.bytes_per_day).toBe(Math.round(steady.store_bytes / 20));
  const days = steady.free_bytes / (steady.bytes_per_day ?? 0);
  const fullAt = toTimestamp(startMs + 20 * dayMs + Math.round(days * dayMs));
  expect(steady.full_at).toBe(days > 3_650 ? null : fullAt);

  const slower = forecast([...eachDay(0, 10, 190), ...eachDay(10, 20, 10)], 20);
  expect(slower.bytes_per_day).toBe(Math.round((slower.store_bytes * 70) / 2_000 / 7));
  const withSnapshot = forecast([...eachDay(0, 20, 50), { day: 19.5, changes: 1_000, snapshot: true }], 20);
  expect(withSnapshot.bytes_per_day).toBe(Math.round((withSnapshot.store_bytes * 350) / 2_000 / 7));
});

it("takes a log that is read from its oldest change by the time of the changes, not of the reading", () => {
  const young = forecast(eachDay(-19, 1, 100), 1);
  expect(young.bytes_per_day).toBe(Math.round(young.store_bytes / 20));
});

it("sees no end for a store that does not grow", () => {
  expect(forecast(eachDay(0, 20, 100), 60)).toMatchObject({ bytes_per_day: 0, full_at: null });
});
