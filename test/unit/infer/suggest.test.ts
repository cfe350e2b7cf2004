import { expect, test } from "vitest";
import { suggestion } from "../../../src/infer/suggest.ts";

test.each([
  ["payloads", ["payload", "pack"], "; did you mean `payload`?"],
  ["Payload", ["payload"], "; did you mean `payload`?"],
  ["PAYLOAD", ["payload"], "; did you mean `payload`?"],
  ["payload", ["PAYLOAD"], "; did you mean `PAYLOAD`?"],
  ["no", ["on"], ""],
  ["onn", ["on", "group"], "; did you mean `on`?"],
  ["when", ["table"], ""],
  ["sale", ["sales_items", "sales"], "; did you mean `sales`?"],
  ["anything", [], ""],
  ["", ["on"], ""],
])("%s among %j: %s", (word, known, expected) => {
  expect(suggestion(word, known)).toBe(expected);
});
