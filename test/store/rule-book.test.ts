// Rule packs that are read again, out of a signal or a watch, while the store cannot be written: nobody is there to catch an error.
import { writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { createLogger } from "../../src/lib/logger.ts";
import { openRuleBook } from "../../src/pipeline/rule-book.ts";
import { openStore } from "../../src/store/open-store.ts";
import { now } from "../support/ledger.ts";
import { armSqliteFault } from "../support/sqlite-fault.ts";
import { openTempFolder } from "../support/temp-folder.ts";

const packOf = (entity: string): string =>
  `pack: till\nversion: 1\nentities:\n  sales: { entity: ${entity}, id: [id] }\nrules: []\n`;

it("a reload on a full disk throws nothing, and what the chain holds stays in force until it can", () => {
  using folder = openTempFolder({ small: true });
  const file = folder.file("till.yaml");
  writeFileSync(file, packOf("sale"));
  using store = openStore(folder.file("s.db"));
  const lines: string[] = [];
  const log = createLogger("info", "rules", { write: (line) => void lines.push(line) });
  const rules = openRuleBook({ names: [file], store, log, now: () => now });
  rules.tell();
  const entity = (): string => JSON.stringify(rules.mapping("shop", "sales"));
  const noted = (): string => JSON.stringify(store.newestRules());
  expect(entity()).toContain('"sale"');

  writeFileSync(file, packOf("receipt"));
  {
    using fault = armSqliteFault({ code: "SQLITE_FULL", atCall: 1, forGood: true });
    rules.reload();
    expect(fault.hit()).toBeDefined();
  }
  expect(lines.at(-1)).toContain('"code":"store.write_failed"');
  expect([entity(), noted()]).toEqual([expect.stringContaining('"sale"'), expect.not.stringContaining("receipt")]);

  rules.reload();
  expect([entity(), noted()]).toEqual([expect.stringContaining('"receipt"'), expect.stringContaining("receipt")]);
});
