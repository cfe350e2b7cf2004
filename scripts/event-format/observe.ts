// Runs the cases on a server with a real `auditctl run` beside it: gives, for each, the events that the trail holds of it.
import { writeFileSync } from "node:fs";
import type { JsonObject } from "../../src/lib/canonical-json.ts";
import { createLocalAnswerer } from "../../src/pipeline/local-answerer.ts";
import { openStoreReader } from "../../src/store/open-store.ts";
import { startRun, stopRun } from "../../test/support/run-capture.ts";
import { type Address, openSource } from "../../test/support/source.ts";
import { openTempFolder } from "../../test/support/temp-folder.ts";
import { readEvents, type StoredEvent, waitUntilStored } from "../../test/support/trail.ts";
import type { Flavor } from "../../src/model/capture-state.ts";
import { cases, pack, tables } from "./cases.ts";
import { createNormalizer } from "./normalize.ts";

export interface Observed {
  /** As the view `canonical_event` of the store gives them. */
  stored: JsonObject[];
  /** As `auditctl events show --json` and the HTTP API answer for each. */
  answered: JsonObject[];
  /** The same, of the business event that rests on them. */
  business: JsonObject[];
}

const account = "event_format";
/** One of the cases makes it, and a run that was cut leaves it. */
const dropClerk = "DROP USER IF EXISTS 'event_format_clerk'@'10.0.0.%'";

/** By the title of the case. */
export async function observe(flavor: Flavor, address: Address): Promise<Map<string, Observed>> {
  using folder = openTempFolder();
  const store = folder.file("audit-overlay.db");
  const rules = folder.file("shop.yaml");
  writeFileSync(rules, pack);
  await using source = await openSource(flavor, address, "shop");
  await source.run(
    dropClerk,
    `CREATE USER IF NOT EXISTS ${account}@'%' IDENTIFIED BY 'log only'`,
    `GRANT REPLICATION SLAVE ON *.* TO ${account}@'%'`,
    "SET SESSION time_zone = '+00:00'",
    ...tables,
    "CREATE TABLE marks (mark INT AUTO_INCREMENT PRIMARY KEY)",
  );
  // An account that may read the log only: whose connection it was is not known.
  await using running = await startRun({ ...address, user: account, password: "log only" }, store, [
    "--rules",
    rules,
    "--databases",
    source.database,
  ]);
  for (const { prepare = [], sql } of cases) {
    await source.run(...prepare.filter((statement) => flavor === "mysql" || !statement.includes("rows_query")));
    // Rows of a table of ours stand around what a case wrote.
    await source.run("INSERT INTO marks VALUES (NULL)", ...sql, "INSERT INTO marks VALUES (NULL)");
  }
  await waitUntilStored(source, store);
  const observed = new Map<string, Observed>();
  const clean = createNormalizer(source.database, flavor);
  const parts = splitAtMarks(readEvents(store, source.database));
  // What `auditctl events show --json` prints and the HTTP API answers: test/store/same-question.test.ts holds them equal.
  await using answerer = createLocalAnswerer(openStoreReader(store));
  const ask = async (id: string): Promise<JsonObject> => (await answerer.ask("event", { id })) as unknown as JsonObject;
  for (const [index, { title }] of cases.entries()) {
    const stored = parts[2 * index + 1] ?? [];
    const answered = await Promise.all(stored.map(({ event_id }) => ask(event_id as string)));
    const ids = new Set(answered.flatMap(({ business_event_ids }) => business_event_ids as string[]));
    const business = await Promise.all([...ids].map((id) => ask(id)));
    observed.set(title, clean({ stored, answered, business }));
  }
  await source.run(dropClerk);
  await stopRun(running);
  if ([...observed.values()].every(({ business }) => business.length === 0)) throw new Error("the rule never fired");
  return observed;
}

/** What stands before the first mark, between it and the second, and so on. */
function splitAtMarks(events: readonly StoredEvent[]): StoredEvent[][] {
  const parts: StoredEvent[][] = [[]];
  for (const event of events) {
    if (event.source_table === "marks") parts.push([]);
    else parts.at(-1)?.push(event);
  }
  return parts;
}
