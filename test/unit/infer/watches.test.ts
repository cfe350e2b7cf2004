// What packs say is to be looked for: mistakes at their line and column, definitions, and what is looked for where a pack says nothing.
import { describe, expect, test } from "vitest";
import { parseRulePack } from "../../../src/infer/rule-pack.ts";
import { watchesOf } from "../../../src/infer/watches.ts";
import { AppError } from "../../../src/model/app-error.ts";

const rules = `pack: shop
version: 1
database: town
entities:
  sales: { entity: sale, id: [sale_id], actor: user_id }
rules:
  - name: sale-made
    version: 1
    type: sale.made
    on: { table: sales, operation: insert }
    confidence: 0.5
    payload: { branch_id: after.branch_id, total: after.total }
`;
const good = `${rules}watch:
  - name: odd-branch
    detector: volume
    events: [sale.made]
    where: { total: "9.50" }
    key: [branch_id]
    about: branch
    within: 2d
  - name: gone
    detector: burst
    deletions: [sales]
`;

function mistakesWith(from: string, to: string): readonly string[] {
  expect(good).toContain(from);
  try {
    parseRulePack(good.replace(from, to), "shop.yaml");
  } catch (error) {
    if (error instanceof AppError && error.code === "rules.invalid") return error.details;
    throw error;
  }
  return [];
}

test("a watch becomes a definition with nothing left out", () => {
  const [odd, gone] = watchesOf([parseRulePack(good, "shop.yaml")]);
  expect(odd).toMatchObject({ name: "odd-branch", where: { total: ["9.50"] }, withinMs: 172_800_000, per: [] });
  expect(odd).toMatchObject({ direction: "both", against: "peers", events: ["sale.made"], deletions: [] });
  expect(gone).toMatchObject({ detector: "burst", deletions: ["town.sales"], events: [], key: [] });
});

describe("mistakes", () => {
  test.each([
    ["detector: volume", "detector: volumes", "shop.yaml:15:15: `watch.0.detector` must be one of volume, repeat"],
    [
      "events: [sale.made]",
      "events: [sale.mad]",
      "no rule of this pack gives events of type `sale.mad`; did you mean `sale.made`?",
    ],
    ["key: [branch_id]", "key: [branch]", "no event of this watch has `branch` in its payload"],
    ["key: [branch_id]", "key: []", "the detector volume needs `key`"],
    ["{ total: ", "{ totl: ", "no event of this watch has `totl` in its payload; did you mean `total`?"],
    [
      "deletions: [sales]",
      "deletions: [sale]",
      "table `sale` is not among the entities of this pack; did you mean `sales`?",
    ],
    ["    deletions: [sales]\n", "", "a watch needs `events`, or `deletions` for the detector burst"],
    [
      "detector: volume",
      "detector: self\n    deletions: [sales]",
      "only the detector burst counts `deletions`, not self",
    ],
    ["name: gone", "name: odd-branch", "two watches are named `odd-branch`"],
    ["within: 2d", "within: 2 days", "must be a duration"],
    ["within: 2d", "factor: 0.5", "must be 1 or more"],
    ["within: 2d", "treshold: 2", "unknown key `treshold`"],
    ["detector: volume", "detector: amount", "the detector amount needs `from`"],
    ["detector: volume", "detector: rate", "the detector rate needs `per`"],
    ["detector: volume", "detector: unfinished", "the detector unfinished needs `until`"],
  ])("%s -> %s", (from, to, mistake) => {
    const mistakes = mistakesWith(from, to);
    expect(mistakes.join("\n")).toContain(mistake);
    expect(mistakes[0]).toMatch(/^shop\.yaml:\d+:\d+: /);
  });
});

test("without `watch`, what the rules let one look for; with an empty one, nothing", () => {
  const names = watchesOf([parseRulePack(rules, "shop.yaml")]).map(({ name, detector }) => `${name}: ${detector}`);
  expect(names).toEqual(["many-sale-made: volume", "after-hours: after-hours", "mass-deletion: burst"]);
  expect(watchesOf([parseRulePack(`${rules}watch: []\n`, "shop.yaml")])).toEqual([]);
});

test("two packs may use one name: kinds are told apart", () => {
  const packs = ["shop", "mall"].map((pack) =>
    parseRulePack(good.replace("pack: shop", `pack: ${pack}`), `${pack}.yaml`),
  );
  expect(watchesOf(packs).map(({ name }) => name)).toEqual(["odd-branch", "gone", "mall-odd-branch", "mall-gone"]);
});
