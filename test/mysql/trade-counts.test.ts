// A few days of trade with every kind of event and anomaly in them, captured with the pharmacy pack: no event too many,
// none too few. `npm run test:trade` does the same with ninety days.
import { expect, it } from "vitest";
import { defaultTrade } from "../../generator/trade-options.ts";
import { businessEventTypes } from "../../generator/truth.ts";
import { countTrade, isExact } from "../../scripts/trade-counts/count-trade.ts";
import { flavors } from "../support/source.ts";

const rates = { ...defaultTrade.rates, returns: 0.05, voids: 0.03, discounts: 0.3, discountsBeyondLimit: 0.2 };

it.each(flavors)("tells exactly the trade of three days on %s", async (flavor) => {
  const trade = { ...defaultTrade, seed: 4, days: 3, branches: 3, salesPerBranchDay: 40, rates };
  const count = await countTrade({ flavor, trade });
  expect(count.types.filter(({ played, captured }) => played !== captured)).toEqual([]);
  expect(isExact(count)).toBe(true);
  expect(count.types.map(({ type }) => type)).toEqual([...businessEventTypes]);
  expect(count.types.filter(({ played }) => played === 0)).toEqual([]);
  expect(count.truth.anomalies.length).toBeGreaterThanOrEqual(8);
});
