// A story by pages is the story as a whole, whatever its events rest on: changes of their own transaction, of earlier ones, of
// several at once, of a replay; and it has every event and every unexplained change that the tables have.
import Database from "better-sqlite3";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { ChangeEvent } from "../../src/model/change-event.ts";
import type { TimelineItem } from "../../src/model/trace.ts";
import { type OpenLedgerWriter, openStore, openStoreReader } from "../../src/store/open-store.ts";
import { changeOf, checkpointAt, gtid, now, saleOf, startLedger } from "../support/ledger.ts";
import { openTempFolder } from "../support/temp-folder.ts";

/** One transaction: to which entity each change belongs, and each event's entity and changes, counted back from the newest. */
const transactions = fc.array(
  fc.record({
    minute: fc.integer({ min: 0, max: 3 }),
    changes: fc.array(fc.constantFrom("A", "B"), { minLength: 1, maxLength: 4 }),
    events: fc.array(
      fc.record({
        entity: fc.constantFrom("A", "B", "C"),
        back: fc.uniqueArray(fc.nat(8), { minLength: 1, maxLength: 3 }),
      }),
      { maxLength: 3 },
    ),
    isReplayed: fc.boolean(),
  }),
  { minLength: 1, maxLength: 10 },
);
type Plan = typeof transactions extends fc.Arbitrary<infer T> ? T : never;

const timeOf = (minute: number): string => now.replace("12:00", `12:0${minute}`);

function fill(store: OpenLedgerWriter, plan: Plan): void {
  startLedger(store);
  const all: ChangeEvent[] = [];
  let businessId = 0;
  const superseded: number[] = [];
  const added: Parameters<OpenLedgerWriter["appendReplay"]>[0]["added"][number][] = [];
  plan.forEach(({ minute, changes, events, isReplayed }, index) => {
    const number = index + 1;
    const own = changes.map((entity_id, seq) =>
      changeOf(number, seq, { entity_type: "thing", entity_id, timestamp: timeOf(minute) }),
    );
    all.push(...own);
    const told = events.map(({ entity, back }, ordinal) => {
      const restsOn = [...new Set(back.map((count) => all.at(-1 - (count % all.length))!))];
      const fields = { entity_type: "thing", entity_id: entity, business_event_id: `${number}-${ordinal}` };
      return saleOf(number, restsOn, fields);
    });
    const stored = {
      transaction_id: gtid(number),
      timestamp: timeOf(minute),
      received_at: now,
      changes: own,
      businessEvents: told,
    };
    store.append([stored], checkpointAt(number), now);
    for (const event of told) {
      businessId += 1;
      if (!isReplayed) continue;
      superseded.push(businessId);
      added.push({ transaction_entry: number + 1, event: { ...event, confidence: 0.5 } });
    }
  });
  const detail = {
    replay_id: "r",
    packs: [],
    from: null,
    to: null,
    through_entry: 1,
    gained: 0,
    lost: 0,
    changed: 0,
    complete: true,
  };
  if (added.length > 0) store.appendReplay({ now, detail, added, superseded });
}

const idOf = (item: TimelineItem): string =>
  item.kind === "business_event" ? `${item.business_event_id} ${item.confidence}` : item.event_id;

/** Straight from the tables. */
function namesOf(path: string, entity: string): string[] {
  using stack = new DisposableStack();
  const db = stack.adopt(new Database(path, { readonly: true }), (open) => open.close());
  return db
    .prepare<{ entity: string }, string>(
      `SELECT DISTINCT business_event_id || ' ' || confidence FROM current_business_event
       WHERE entity_id = @entity OR business_id IN (
         SELECT business_id FROM business_event_change JOIN change_event USING (change_id) WHERE entity_id = @entity)
       UNION ALL
       SELECT event_id FROM change_event WHERE entity_id = @entity AND change_id NOT IN (
         SELECT change_id FROM business_event_change JOIN current_business_event USING (business_id))`,
    )
    .pluck()
    .all({ entity })
    .sort();
}

it("a story by pages is the whole story, and holds what the tables hold", () => {
  fc.assert(
    fc.property(transactions, fc.integer({ min: 1, max: 5 }), (plan, limit) => {
      using folder = openTempFolder();
      const path = folder.file("store.db");
      {
        using store = openStore(path);
        fill(store, plan);
      }
      using reader = openStoreReader(path);
      for (const entity of ["A", "B", "C"]) {
        const items = reader.trace("thing", entity, 1_000)?.timeline ?? [];
        const whole = items.map(idOf);
        expect(whole.toSorted()).toEqual(namesOf(path, entity));
        const paged: string[] = [];
        let cursor: string | null | undefined;
        while (cursor !== null) {
          const page = reader.trace("thing", entity, limit, { cursor });
          paged.unshift(...(page?.timeline ?? []).map(idOf));
          cursor = page?.next_cursor ?? null;
        }
        expect(paged).toEqual(whole);
        const range = { from: timeOf(1), to: timeOf(3) };
        const ranged = reader.trace("thing", entity, 1_000, range)?.timeline ?? [];
        const meant = items.filter(({ timestamp }) => timestamp >= range.from && timestamp < range.to);
        expect(ranged.map(idOf)).toEqual(meant.map(idOf));
        expect(reader.verify().faults).toEqual([]);
      }
    }),
    { numRuns: 30 },
  );
});

it("a transaction too large for the rules is paged like any other, and no page reads all of it", () => {
  using folder = openTempFolder();
  const path = folder.file("store.db");
  const large = 20_020;
  {
    using store = openStore(path);
    startLedger(store);
    const plain = { timestamp: now, received_at: now, businessEvents: [] };
    const changes = Array.from({ length: large }, (_, seq) =>
      changeOf(2, seq, { entity_type: "thing", entity_id: "A" }),
    );
    store.append(
      [{ ...plain, transaction_id: gtid(1), changes: [changeOf(1, 0, { entity_type: "thing", entity_id: "A" })] }],
      checkpointAt(1),
      now,
    );
    store.append([{ ...plain, transaction_id: gtid(2), changes }], checkpointAt(2), now);
  }
  using reader = openStoreReader(path);
  const first = reader.trace("thing", "A", 15_000);
  const second = reader.trace("thing", "A", 15_000, { cursor: first!.next_cursor! });
  const seqs = [...second!.timeline, ...first!.timeline].map((item) => item.kind === "change_event" && item.seq);
  expect(seqs).toEqual([0, ...Array.from({ length: large }, (_, seq) => seq)]);
  expect(second?.next_cursor).toBeNull();
});
