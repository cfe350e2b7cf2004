import * as fc from "fast-check";
import { expect, it } from "vitest";
import { centsToDecimal } from "../../../generator/money.ts";

it("writes cents as the decimal they are", () => {
  expect([0, 5, 10, 100, 123_456].map(centsToDecimal)).toEqual(["0.00", "0.05", "0.10", "1.00", "1234.56"]);
});

it("loses nothing", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (cents) => {
      expect(BigInt(centsToDecimal(cents).replace(".", ""))).toBe(BigInt(cents));
    }),
  );
});

it.each([1.5, -1, Number.NaN, 2 ** 53])("refuses %s", (cents) => {
  expect(() => centsToDecimal(cents)).toThrow(RangeError);
});
