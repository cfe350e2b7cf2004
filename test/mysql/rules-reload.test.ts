// Rule packs that change while capture runs, and packs with mistakes: reading goes on, and the chain and `status` tell which
// rules are in force.
import { renameSync, writeFileSync } from "node:fs";
import { describe, expect, inject, test } from "vitest";
import type { RulePackStatus } from "../../src/model/trace.ts";
import { runAuditctl } from "../support/run-auditctl.ts";
import { startRun, stopRun } from "../support/run-capture.ts";
import { openSource } from "../support/source.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { readEvents, readNotes, readStatus, verifyStore, waitUntilStored } from "../support/trail.ts";
import { waitFor } from "../support/wait-for.ts";

const packOf = (name: string, version: number, confidence = "0.5", more = ""): string => `pack: ${name}
version: ${version}
entities:
  ${name}: { entity: ${name}, id: [id], mask: [secret] }
rules:
  - name: added
    version: ${version}
    type: ${name}.added
    on: { table: ${name}, operation: insert }
    confidence: ${confidence}
${more}`;

const tables = ["CREATE TABLE a (id INT PRIMARY KEY, secret TEXT)", "CREATE TABLE b (id INT PRIMARY KEY, secret TEXT)"];
const stateOf = (store: string, file: string): RulePackStatus | undefined =>
  readStatus(store)?.rule_packs.find((pack) => pack.file === file);

/** Every list of packs that the chain tells of, shortened. */
const toldPacks = (store: string): unknown[] =>
  readNotes(store).flatMap(({ kind, detail }) =>
    kind === "config"
      ? [(detail["rule_packs"] as unknown as RulePackStatus[]).map(({ state, version }) => [state, version])]
      : [],
  );

describe("a pack that changes while capture runs", () => {
  test("takes effect when it is good; with a mistake the last good version goes on, over a restart too", async () => {
    using folder = openTempFolder();
    const store = folder.file("s.db");
    const file = folder.file("a.yaml");
    const server = inject("mysql");
    await using source = await openSource("mysql", server);
    await source.run(...tables);
    writeFileSync(file, packOf("a", 1));
    const args = ["--rules", file, "--databases", source.database];
    {
      await using running = await startRun(server, store, args);
      await source.run("INSERT INTO a VALUES (1, 'x')");
      await waitUntilStored(source, store);

      // As an editor does: a new file takes the place of the old one.
      writeFileSync(folder.file("new"), packOf("a", 2));
      renameSync(folder.file("new"), file);
      await waitFor("version 2", () => stateOf(store, file)?.version === 2);
      await source.run("INSERT INTO a VALUES (2, 'x')");
      await waitUntilStored(source, store);

      writeFileSync(file, packOf("a", 3, "7"));
      await waitFor("the mistake", () => stateOf(store, file)?.state === "earlier");
      await source.run("INSERT INTO a VALUES (3, 'x')");
      await waitUntilStored(source, store);
      const { stderr } = await stopRun(running);
      expect(stderr).toContain("its last good version goes on");
    }
    expect(stateOf(store, file)).toMatchObject({
      version: 2,
      rules: 1,
      mistakes: [`${file}:10:17: rule \`added\`: \`confidence\` must be between 0 and 1`],
    });
    {
      await using again = await startRun(server, store, args);
      await source.run("INSERT INTO a VALUES (4, 'x')");
      await waitUntilStored(source, store);
      await stopRun(again);
    }
    const events = readEvents(store, source.database);
    expect(events.map(({ business_event_type }) => business_event_type)).toEqual(Array(4).fill("a.added"));
    expect(toldPacks(store)).toEqual([[["current", 1]], [["current", 2]], [["earlier", 2]]]);
    expect(verifyStore(store).ok).toBe(true);
    const { stdout } = await runAuditctl(["status", "--store", store]);
    expect(stdout).toContain(`${file} has mistakes; in force is its last good version: a version 2, 1 rule`);
  });

  test("is read again on SIGHUP, which does not end capture", async () => {
    using folder = openTempFolder();
    const store = folder.file("s.db");
    const file = folder.file("a.yaml");
    writeFileSync(file, packOf("a", 1));
    await using running = await startRun(inject("mysql"), store, ["--rules", file, "--log-level", "info"]);
    running.child.kill("SIGHUP");
    await waitFor("word of it", () => running.stderr().includes("rule packs read again: nothing changed"));
    expect((await stopRun(running)).status).toBe(0);
  });
});

describe("a pack with a mistake beside a good one", () => {
  test("is left out, its masks are not, and the good one counts", async () => {
    using folder = openTempFolder();
    const store = folder.file("s.db");
    const [good, bad, none] = ["a.yaml", "b.yaml", "none.yaml"].map(folder.file) as [string, string, string];
    const server = inject("mysql");
    await using source = await openSource("mysql", server);
    await source.run(...tables);
    writeFileSync(good, packOf("a", 1));
    writeFileSync(bad, packOf("b", 1, "0.5", "    labels: x\n"));
    await using running = await startRun(server, store, [
      "--rules",
      [good, bad, none].join(","),
      "--databases",
      source.database,
    ]);
    await source.run("INSERT INTO a VALUES (1, 'x')", "INSERT INTO b VALUES (1, 'x')");
    await waitUntilStored(source, store);
    const { stderr } = await stopRun(running);
    expect(stderr).toContain("unknown key `labels`");
    expect(readEvents(store, source.database)).toMatchObject([
      { business_event_type: "a.added", entity_type: "a", after: { secret: "[REDACTED]" } },
      { business_event_type: null, entity_type: "b", after: { secret: "[REDACTED]" } },
    ]);
    expect(readStatus(store)?.rule_packs).toMatchObject([
      {
        file: good,
        state: "current",
        pack: "a",
        version: 1,
        rules: 1,
        hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      },
      {
        file: bad,
        state: "entities",
        rules: 0,
        mistakes: [`${bad}:11:5: unknown key \`labels\`; did you mean \`label\`?`],
      },
      { file: none, state: "none", pack: null, hash: null },
    ]);
    expect(toldPacks(store)).toEqual([
      [
        ["current", 1],
        ["entities", 1],
        ["none", null],
      ],
    ]);
  });

  test("two packs about one table: the later one is left out", async () => {
    using folder = openTempFolder();
    const store = folder.file("s.db");
    const [first, second] = ["a.yaml", "b.yaml"].map(folder.file) as [string, string];
    writeFileSync(first, packOf("a", 1));
    writeFileSync(second, packOf("a", 1).replace("pack: a", "pack: b"));
    await using running = await startRun(inject("mysql"), store, ["--rules", `${first},${second}`]);
    await stopRun(running);
    expect(readStatus(store)?.rule_packs).toMatchObject([
      { state: "current" },
      { state: "none", mistakes: [`${second}:4:3: table \`a\` is already mapped at ${first}:4:3`] },
    ]);
  });
});
