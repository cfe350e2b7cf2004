// A store of a shop's four days, for questions: sales, returns and price changes by three clerks, two branches, and texts that must be
// meant literally. `createTradeStore(path)`.
import type { Anomaly } from "../../src/model/answer-schema.ts";
import type { LedgerTransaction } from "../../src/store/ledger-step.ts";
import { openStore } from "../../src/store/open-store.ts";
import { putAnomalies } from "./findings.ts";
import { changeOf, checkpointAt, saleOf, startLedger } from "./ledger.ts";

/** 2026-03-01 to 2026-03-04, six sales a day, then a week before for comparison. */
const days = ["2026-02-23", "2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04"];
const salesPerDay = 6;

/** Notes on sales by number; each finds its own sale and no other. */
export const literalNotes: Readonly<Record<number, string>> = {
  8: "100% off",
  9: "a 'quoted' \"word\"",
  10: "under_score",
  11: "back\\slash * (near) AND OR NOT",
  12: "Ñandú con café",
};

export function createTradeStore(path: string): void {
  using store = openStore(path);
  startLedger(store);
  let number = 0;
  for (const day of days) {
    for (let sale = 0; sale < salesPerDay; sale += 1) {
      number += 1;
      const transaction = tradeOf(number, `${day}T${String(9 + sale).padStart(2, "0")}:15:00.000000Z`);
      store.append([transaction], checkpointAt(number), transaction.timestamp);
    }
  }
  putAnomalies(path, [anomalyOf(13, "high"), anomalyOf(16, "low"), anomalyOf(22, "medium")]);
}

function anomalyOf(number: number, severity: Anomaly["severity"]): Anomaly {
  const { changes, businessEvents, timestamp } = tradeOf(
    number,
    `2026-03-0${Math.ceil(number / 6) - 1}T12:00:00.000000Z`,
  );
  return {
    anomaly_id: `00000000-0000-4000-8000-0000000000${number}`,
    kind: "after_hours",
    severity,
    score: number / 10,
    entity_type: "sale",
    entity_id: `S-${number}`,
    actor: changes[0]!.actor,
    from: timestamp,
    to: timestamp,
    detected_at: timestamp,
    reason: `sale ${number} came when the shop was closed`,
    numbers: { value: number, baseline: 0 },
    state: "open",
    business_event_ids: businessEvents.map(({ business_event_id }) => business_event_id),
    change_event_ids: [],
  };
}

export function tradeOf(number: number, timestamp: string): LedgerTransaction {
  const stock = `B-${number % 2}/P-${number % 3}`;
  const note = literalNotes[number] ?? `sale number ${number}`;
  const sold = changeOf(number, 0, { timestamp, after: { id: number, total: `${number}.50`, note } });
  const taken = changeOf(number, 1, {
    timestamp,
    source_table: "stock",
    source_pk: { product: stock },
    operation: "update",
    before: { product: stock, quantity: 100 - number },
    after: { product: stock, quantity: 99 - number },
    changed: ["quantity"],
    entity_type: "product",
    entity_id: stock,
  });
  const priced = changeOf(number, 2, {
    timestamp,
    source_table: "prices",
    source_pk: { product: stock },
    operation: "update",
    before: { product: stock, price: "1.00" },
    after: { product: stock, price: `1.${number}` },
    changed: ["price"],
    entity_type: "product",
    entity_id: stock,
  });
  const isReturn = number % 6 === 0;
  const event = saleOf(number, [sold, taken], {
    timestamp,
    occurred_at: timestamp,
    type: isReturn ? "sale.returned" : "sale.completed",
    payload: { total: `${number}.50`, note },
    actor: sold.actor,
  });
  return {
    transaction_id: sold.transaction_id,
    timestamp,
    received_at: timestamp,
    changes: number % 5 === 0 ? [sold, taken, priced] : [sold, taken],
    businessEvents: [event],
  };
}
