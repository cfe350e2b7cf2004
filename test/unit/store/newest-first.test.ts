// Pages from several ordered sequences: none is left out, none comes twice, whatever the limit and the budget.
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { behindAll, type Place } from "../../../src/store/cursor.ts";
import { comparePlaces, type Placed, readNewest, type Sequence, type Span } from "../../../src/store/newest-first.ts";

interface Row extends Placed {
  passes: boolean;
}

/** @param room rows that are not too long together */
function sequenceOf(rows: readonly Row[], room: number): Sequence<Row> {
  const ordered = rows.toSorted((a, b) => comparePlaces(b.place, a.place));
  const looked = ({ first, below }: Span, budget: number): Row[] =>
    ordered.filter(({ place }) => comparePlaces(place, first) >= 0 && comparePlaces(place, below) < 0).slice(0, budget);
  return {
    read: (span, limit, budget) => {
      const found = looked(span, budget).filter(({ passes }) => passes);
      const read = found.slice(0, Math.min(limit, room));
      return { rows: read, cut: read.length === room };
    },
    edge: (span, budget) => looked(span, budget)[budget - 1]?.place,
  };
}

const row = fc.record({ entry: fc.nat(20), passes: fc.boolean(), sequence: fc.nat(3) });

it("gives every row that passes once, newest first", () => {
  fc.assert(
    fc.property(
      fc.array(row, { maxLength: 60 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 6 }),
      (made, limit, budget, room) => {
        const rows = made.map(({ entry, passes, sequence }, id) => ({ place: { entry, id }, passes, sequence }));
        const sequences = [0, 1, 2, 3].map((number) =>
          sequenceOf(
            rows.filter(({ sequence }) => sequence === number),
            room,
          ),
        );
        const found: Place[] = [];
        let below: Place | null = behindAll;
        for (let pages = 0; below !== null; pages += 1) {
          expect(pages).toBeLessThan(200);
          const page: { rows: Row[]; next: Place | null } = readNewest(
            sequences,
            { first: { entry: 0, id: 0 }, below },
            limit,
            budget,
          );
          expect(page.rows.length).toBeLessThanOrEqual(limit);
          found.push(...page.rows.map(({ place }) => place));
          below = page.next;
        }
        const expected = rows.filter(({ passes }) => passes).map(({ place }) => place);
        expect(found).toEqual(expected.sort((a, b) => comparePlaces(b, a)));
      },
    ),
  );
});
