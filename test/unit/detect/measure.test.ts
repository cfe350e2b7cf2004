// What detection finds in planned trades, without a server: the same measure as `npm run eval:anomalies`.
import { expect, test } from "vitest";
import { defaultTrade } from "../../../generator/trade-options.ts";
import { judge, together } from "../../../scripts/eval-anomalies/judge.ts";
import { watchesOf } from "../../../src/infer/watches.ts";
import { loadPacks } from "../../../src/pipeline/load-rules.ts";
import { look } from "../../support/observed.ts";
import { observeTrade } from "../../support/observed-trade.ts";

const tables = new Map([
  ["branch", "branches"],
  ["user", "users"],
  ["product", "products"],
  ["inventory", "inventory"],
  ["sale", "sales"],
]);

test("nearly all that is wrong in two trades of four weeks, and hardly anything else", () => {
  const watches = watchesOf(loadPacks(["pharmacy"]));
  const days = 28;
  const judged = [2, 6].map((seed) => {
    const trade = observeTrade({ ...defaultTrade, seed, days, salesPerBranchDay: 100 });
    const findings = look(watches, trade.transactions).map((anomaly) => {
      const rows = anomaly.change_event_ids.map((id) => id.split("/").slice(0, 2).join("/"));
      return { anomaly, rows, about: `${tables.get(anomaly.entity_type)}/${anomaly.entity_id}` };
    });
    return { judgement: judge(trade.anomalies, findings, days), days };
  });
  const { all } = together(judged);
  expect(all.truths).toBeGreaterThanOrEqual(20);
  expect(all.precision).toBeGreaterThanOrEqual(0.9);
  expect(all.recall).toBeGreaterThanOrEqual(0.9);
}, 120_000);
