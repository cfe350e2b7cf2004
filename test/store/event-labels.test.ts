// What people call a business event: from the rule pack that the ledger noted, by the version of the rule that made it.
import { expect, it } from "vitest";
import { createLocalAnswerer } from "../../src/pipeline/local-answerer.ts";
import { openStore, openStoreReader } from "../../src/store/open-store.ts";
import { checkpointAt, now, saleOf, startLedger, transactionOf } from "../support/ledger.ts";
import { openTempFolder } from "../support/temp-folder.ts";

const pack = `pack: shop
version: 1
rules:
  - name: sale
    version: 1
    type: sale.completed
`;

it("says what people call an event, by the version of the rule that made it", async () => {
  const labelled = (version: number, label: string): string =>
    pack.replace("version: 1\n    type", `version: ${version}\n    label: ${label}\n    type`);
  const rule = { pack: "shop", name: "sale", version: 2 };
  using folder = openTempFolder();
  const path = folder.file("store.db");
  {
    using store = openStore(path);
    startLedger(store);

    store.note("config", { rule_packs: [{ pack: "shop", text: labelled(1, "{ en: Sold, es: Vendido }") }] }, now);
    store.append([transactionOf(1)], checkpointAt(1), now);
    store.note("config", { rule_packs: [{ pack: "shop", text: labelled(2, "{ en: Sale paid }") }] }, now);
    const { changes } = transactionOf(2);
    const later = saleOf(2, changes, { rule });
    const other = saleOf(3, transactionOf(3).changes, { rule: { ...rule, pack: "elsewhere" } });
    store.append([{ ...transactionOf(2), businessEvents: [later] }], checkpointAt(2), now);
    store.append([{ ...transactionOf(3), businessEvents: [other] }], checkpointAt(3), now);
    // What can no longer be read, and what has no text, take no label away.
    store.note(
      "config",
      {
        rule_packs: [
          { pack: "shop", text: "rules: [" },
          { pack: null, text: null },
        ],
      },
      now,
    );
  }
  await using answerer = createLocalAnswerer(openStoreReader(path));

  const sold = { en: "Sold", es: "Vendido" };
  const [third, second, first] = (await answerer.ask("events", {})).items;
  expect([first, second, third]).toMatchObject([{ label: sold }, { label: { en: "Sale paid" } }, {}]);
  expect(third).not.toHaveProperty("label");
  const id = transactionOf(1).businessEvents[0]!.business_event_id;
  const { timeline } = await answerer.ask("trace", { entity_type: "sale", entity_id: "S-1" });
  expect(timeline).toMatchObject([{ label: sold }]);
  expect(await answerer.ask("explain", { id })).toMatchObject({ subject: { label: sold } });
  expect(await answerer.ask("event", { id })).toMatchObject({ event: { label: sold } });
  expect((await answerer.ask("search", { text: "S-1" })).items).toMatchObject([{ label: sold }]);
});
