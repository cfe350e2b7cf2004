// Pages of rows that are megabytes long: none is built of more than a part of them, and who follows the cursor is given each once.
import { expect, it } from "vitest";
import { openStore, openStoreReader } from "../../src/store/open-store.ts";
import { writeCursor } from "../../src/store/cursor.ts";
import { changeOf, checkpointAt, now, startLedger, transactionOf } from "../support/ledger.ts";
import { openTempFolder } from "../support/temp-folder.ts";

it("ends a page of events and of the feed before it is too large to hold", () => {
  using folder = openTempFolder();
  const path = folder.file("store.db");
  {
    using store = openStore(path);
    startLedger(store);
    const long = "A".repeat(2 * 1024 * 1024);
    const changes = Array.from({ length: 40 }, (_, seq) =>
      changeOf(1, seq, { source_pk: { id: seq }, after: { id: seq, long } }),
    );
    store.append([{ ...transactionOf(1), changes, businessEvents: [] }], checkpointAt(1), now);
  }
  using reader = openStoreReader(path);
  const asked = { kind: "change_event", limit: 1000 } as const;
  const newestFirst = readPages((cursor) => {
    const { items, next_cursor } = reader.events({ ...asked, cursor });
    return { items, next: next_cursor };
  });
  const oldestFirst = readPages((after = writeCursor("feed/change_event", [0, 0])) => {
    const { items, cursor } = reader.feed({ ...asked, after });
    return { items, next: items.length === 0 ? null : cursor };
  });
  for (const pages of [newestFirst, oldestFirst]) {
    expect(Math.max(...pages.map(({ length }) => length))).toBeLessThan(20);
    expect(new Set(pages.flat()).size).toBe(40);
    expect(pages.flat()).toHaveLength(40);
  }
});

interface Page {
  items: readonly object[];
  next: string | null;
}

/** Ordinals of the rows of each page. */
function readPages(read: (place: string | undefined) => Page): number[][] {
  const pages: number[][] = [];
  let place: string | undefined;
  do {
    const { items, next } = read(place);
    pages.push(items.map((item) => (item as { seq: number }).seq));
    place = next ?? undefined;
  } while (place !== undefined);
  return pages;
}
