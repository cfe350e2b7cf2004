// Plain SQL and the canonical events it must become: each file of golden/ on both servers, through capture, normalize and store.
// A file: header comments, statements that prepare, `-- when`, the statements under test, `-- expect`, and one JSON object per event
// with the fields that matter. Header lines with a meaning: `-- servers: mysql` (only there), `-- nowhere: text` (in no byte of the store).
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { splitStatements } from "../../generator/create-pharmacy.ts";
import type { JsonObject } from "../../src/lib/canonical-json.ts";
import { flavors, openSource } from "../support/source.ts";
import { startIngest, type RunningIngest } from "../support/ingest.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { readEvents, readStoreBytes, type StoredEvent, verifyStore, waitUntilStored } from "../support/trail.ts";

interface GoldenCase {
  name: string;
  what: string;
  servers: readonly string[];
  nowhere: readonly string[];
  setup: readonly string[];
  statements: readonly string[];
  expected: readonly JsonObject[];
}

const folder = join(import.meta.dirname, "golden");
const cases = readdirSync(folder)
  .filter((name) => name.endsWith(".sql"))
  .sort()
  .map((name) => parseCase(join(folder, name)));

describe.each(flavors)("golden events of %s", (flavor) => {
  const temp = openTempFolder();
  const store = temp.file("golden.db");
  let capture: RunningIngest;
  beforeAll(async () => {
    // An account that may only read the log: whose connection it was is not known, so it is in no event.
    await using source = await openSource(flavor, inject(flavor), "golden");
    await source.run(
      "CREATE USER IF NOT EXISTS golden@'%' IDENTIFIED BY 'log only'",
      "GRANT REPLICATION SLAVE ON *.* TO golden@'%'",
    );
    capture = await startIngest({ ...inject(flavor), user: "golden", password: "log only" }, store);
  });
  afterAll(async () => {
    await capture[Symbol.asyncDispose]();
    temp[Symbol.dispose]();
  });

  it.for(cases.filter(({ servers }) => servers.includes(flavor)))(
    "$name: $what",
    async ({ setup, statements, expected, nowhere }) => {
      await using source = await openSource(flavor, inject(flavor), "golden");
      await source.run(...setup);
      await waitUntilStored(source, store);
      const before = readEvents(store, source.database).length;
      await source.run(...statements);
      await waitUntilStored(source, store);
      const actual = readEvents(store, source.database).slice(before);
      expect(actual.map((event, index) => pick(event, expected[index]))).toEqual(expected);
      for (const secret of nowhere) {
        expect(statements.join("\n")).toContain(secret);
        expect(readStoreBytes(store).includes(secret)).toBe(false);
      }
    },
  );

  it("make a trail that verifies", () => {
    expect(verifyStore(store)).toMatchObject({ ok: true, faults: [] });
  });
});

/** The fields the case speaks of; of an event it does not expect, what tells it apart. */
function pick(event: StoredEvent, expected: JsonObject | undefined): JsonObject {
  const fields =
    expected === undefined ? ["operation", "source_table", "before", "after", "metadata"] : Object.keys(expected);
  return Object.fromEntries(fields.map((field) => [field, event[field] ?? null]));
}

function parseCase(path: string): GoldenCase {
  const [sql = "", expectations, ...more] = readFileSync(path, "utf8").split(/^-- expect\n/m);
  const [setup = "", statements, ...others] = sql.split(/^-- when\n/m);
  if (expectations === undefined || statements === undefined || more.length > 0 || others.length > 0) {
    throw new Error(`${path}: needs one line "-- when" and one line "-- expect"`);
  }
  const header =
    /^(?:--.*\n)+/
      .exec(setup)?.[0]
      .split("\n")
      .map((line) => line.slice(3)) ?? [];
  const values = (key: string) =>
    header.filter((line) => line.startsWith(`${key}: `)).map((line) => line.slice(key.length + 2));
  return {
    name: basename(path, ".sql"),
    what: header.find((line) => !/^(servers|nowhere): /.test(line)) ?? "",
    servers: values("servers").length > 0 ? values("servers") : flavors,
    nowhere: values("nowhere"),
    setup: splitStatements(setup),
    statements: splitStatements(statements),
    expected: expectations
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as JsonObject),
  };
}
