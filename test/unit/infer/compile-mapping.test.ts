// Several packs put together: which table is which entity, and packs that contradict each other.
import { expect, test } from "vitest";
import { compileRules } from "../../../src/infer/compile-rules.ts";
import { parseRulePack } from "../../../src/infer/rule-pack.ts";
import type { RulePack } from "../../../src/infer/rule-pack.ts";
import { AppError } from "../../../src/model/app-error.ts";

const entitiesOf = (pack: string, database: string | undefined, table = "sales"): RulePack =>
  parseRulePack(
    `pack: ${pack}
version: 1
${database ? `database: ${database}` : ""}
entities:
  ${table}: { entity: ${pack}, id: [a, b], actor: c, mask: [d] }
`,
    `${pack}.yaml`,
  );
const mistakes = (...packs: RulePack[]): readonly string[] => {
  try {
    compileRules(packs);
  } catch (error) {
    if (error instanceof AppError && error.code === "rules.invalid") return error.details;
    throw error;
  }
  return [];
};

test("a table is mapped by its own pack", () => {
  const { mapping } = compileRules([
    entitiesOf("one", "first"),
    entitiesOf("two", "second"),
    entitiesOf("all", undefined, "users"),
  ]);
  expect(mapping("first", "sales")).toEqual({
    entity_type: "one",
    id_columns: ["a", "b"],
    actor_column: "c",
    mask_columns: ["d"],
  });
  expect(mapping("second", "sales")).toMatchObject({ entity_type: "two" });
  expect(mapping("anywhere", "users")).toMatchObject({ entity_type: "all" });
  expect(mapping("third", "sales")).toBeUndefined();
  expect(mapping("first", "toString")).toBeUndefined();
});

test("a table mapped by two is a mistake, unless they are about different databases", () => {
  expect(mistakes(entitiesOf("one", "first"), entitiesOf("two", "first"))).toEqual([
    "two.yaml:5:3: table `sales` is already mapped at one.yaml:5:3",
  ]);
  expect(mistakes(entitiesOf("one", "first"), entitiesOf("two", undefined))).toHaveLength(1);
  expect(mistakes(entitiesOf("one", undefined), entitiesOf("two", "first"))).toHaveLength(1);
  expect(mistakes(entitiesOf("one", "first"), entitiesOf("two", "second"))).toEqual([]);
});

test("two packs of one name are a mistake: their events would have the same ids", () => {
  expect(mistakes(entitiesOf("one", "first"), entitiesOf("one", "second"))).toEqual([
    "one.yaml:1:7: a pack named `one` is already at one.yaml:1:7",
  ]);
});
