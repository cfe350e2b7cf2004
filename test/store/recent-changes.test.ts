// Business events that rest on changes of earlier transactions, and what the store gives back of both after a restart.
import { expect, test } from "vitest";
import { openStore, openStoreReader } from "../../src/store/open-store.ts";
import { changeOf, checkpointAt, gtid, now, saleOf, startLedger } from "../support/ledger.ts";
import { openTempFolder } from "../support/temp-folder.ts";

const hourMs = 3_600_000;

test("lineage leads to earlier entries, and the store tells which changes are used", () => {
  using folder = openTempFolder();
  const path = folder.file("s.db");
  const at = (number: number) => new Date(Date.parse(now) + number * hourMs).toISOString().replace("Z", "000Z");
  const changes = [1, 2, 3, 4].map((number) => changeOf(number, 0, { timestamp: at(number) }));
  {
    using store = openStore(path);
    startLedger(store);
    expect(store.recentChanges({ tables: ["sales"], withinMs: hourMs, changesMax: 10 })).toBeUndefined();
    for (const [index, change] of changes.entries()) {
      const number = index + 1;
      // The third rests on the first, which is of an entry before it; the fourth on itself alone.
      const events = [saleOf(number, number === 3 ? [changes[0]!, change] : [change])];
      const businessEvents = number > 2 ? events : [];
      const more = number === 2 ? [changeOf(2, 1, { source_table: "other" })] : [];
      store.append(
        [
          {
            transaction_id: gtid(number),
            timestamp: at(number),
            received_at: now,
            changes: [change, ...more],
            businessEvents,
          },
        ],
        checkpointAt(number),
        now,
      );
    }
    expect([store.holds(gtid(3)), store.holds(gtid(9))]).toEqual([true, false]);
  }
  using store = openStore(path);
  const read = (withinMs: number, changesMax = 10) => {
    const recent = store.recentChanges({ tables: ["sales"], withinMs, changesMax });
    return { changes: [...(recent?.changes ?? [])], used: recent?.used };
  };
  const used = [{ pack: "shop", name: "sale", event_id: changes[0]!.event_id }];
  expect(read(10 * hourMs)).toEqual({ changes, used });
  expect(read(2 * hourMs)).toEqual({ changes: changes.slice(1), used });
  expect(read(0)).toEqual({ changes: changes.slice(3), used: [] });
  expect(read(10 * hourMs, 1).changes).toEqual(changes.filter((change) => change !== changes[1]));
  using reader = openStoreReader(path);
  expect(reader.verify()).toMatchObject({ ok: true, business_events: 2 });
  const timeline = reader.trace("sale", "S-1", 10)!.timeline;
  expect(timeline).toMatchObject([
    { kind: "business_event", change_event_ids: [0, 2].map((index) => changes[index]!.event_id) },
  ]);
});
