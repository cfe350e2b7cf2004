// `auditctl export` as a user runs it: to a pipe, to a file that is whole or not there, with its manifest, and bad input.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { meantEntityType, meantEvents } from "../../src/serve/export/export-types.ts";
import { createLedgerFile } from "../support/ledger.ts";
import { runAuditctl } from "../support/run-auditctl.ts";
import { openTempFolder } from "../support/temp-folder.ts";

const folder = openTempFolder();
const store = folder.file("shop.db");
beforeAll(() => createLedgerFile(store, 40));
afterAll(() => folder[Symbol.dispose]());

it("writes CSV to a pipe, which other programs read", async () => {
  const { status, stdout, stderr } = await runAuditctl(["export", "--type", "sales", "--store", store]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const rows = stdout.split("\r\n");
  expect(rows).toHaveLength(42);
  expect(rows[0]).toMatch(/,payload\.total,payload\.lines$/);
  expect(rows[40]).toMatch(/,S-40,.*,40\.50,1$/);
});

it("writes a file with a manifest that tells what it is and proves it", async () => {
  const file = folder.file("sales.ndjson");
  const args = ["export", "--type", "Sale", "--start", "2026-03-01", "--out", file, "--store", store];
  const { status, stdout, stderr } = await runAuditctl(args, { env: { LC_ALL: "es_ES.UTF-8" } });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const bytes = readFileSync(file);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  expect(stdout).toContain(`40 eventos en ${file}`);
  expect(stdout).toContain(sha256);
  expect(bytes.toString().trimEnd().split("\n")).toHaveLength(40);
  const manifest = JSON.parse(readFileSync(`${file}.manifest.json`, "utf8")) as {
    head: { entry_id: number; hash: string };
  };
  expect(manifest).toMatchObject({
    format: "ndjson",
    filters: { kind: "business_event", type: ["sale.*"], from: "2026-03-01T00:00:00.000000Z" },
    events: 40,
    bytes: bytes.length,
    sha256,
    coverage: { transactions: 40, gaps: [] },
  });
  const anchor = `${manifest.head.entry_id}:${manifest.head.hash}`;
  expect((await runAuditctl(["verify", "--anchor", anchor, "--store", store])).status).toBe(0);
});

it("replaces no file unless it is told to, and leaves no half of one", async () => {
  const file = folder.file("kept.csv");
  writeFileSync(file, "mine");
  const args = ["export", "--out", file, "--store", store];
  const refused = await runAuditctl(args);
  expect(refused.status).toBe(2);
  expect(refused.stderr).toContain(`${file} is there already [usage.argument]\nhint: Give another --out, or --force`);
  expect(readFileSync(file, "utf8")).toBe("mine");
  const forced = await runAuditctl([...args, "--force", "--json"]);
  expect(JSON.parse(forced.stdout)).toMatchObject({ file, manifest: { events: 40, format: "csv" } });
  const nowhere = await runAuditctl(["export", "--out", join(folder.path, "no", "such", "x.csv"), "--store", store]);
  expect(nowhere.status).toBe(2);
  expect(nowhere.stderr).toContain("nothing half written was left");
  expect(readdirSync(folder.path).filter((name) => name.endsWith(".part"))).toEqual([]);
});

it("ends quietly when its reader has had enough", async () => {
  const main = join(import.meta.dirname, "..", "..", "src", "main.ts");
  const shell = spawn(
    "bash",
    ["-c", `set -o pipefail; "$0" "$1" export --changes --store "$2" | head -n 1`, process.execPath, main, store],
    {
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let text = "";
  shell.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
  shell.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const status = await new Promise((resolve) => shell.once("close", resolve));
  expect({ status, text: text.slice(0, 9) }).toEqual({ status: 0, text: "event_id," });
  expect(text).toMatch(/^[^\n]*\n$/);
});

it.for([
  [["--type", "sal"], "the trail has no events of type sal; did you mean `sale`?"],
  [["--format", "xlsx"], "--format xlsx: must be one of csv, ndjson, parquet"],
  [["--changes", "--type", "shop"], "the trail has no events of type shop"],
  [["--operation", "explode"], "export: operation"],
  [["--start", "x"], "--start x: is not a time"],
] as const)("refuses %s", async ([args, words]) => {
  const { status, stdout, stderr } = await runAuditctl(["export", ...args, "--store", store]);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toContain(words);
});

it("understands what people call events", () => {
  const known = {
    entity_types: ["sale", "category", "inventory", "user"],
    business_event_types: { "sale.completed": 1, "sale.voided": 1, "user.created": 1, plain: 1 },
  };
  expect(meantEvents(["sale.completed"], known)).toEqual({ type: ["sale.completed"] });
  expect(meantEvents(["Sales", "users"], known)).toEqual({ type: ["sale.*", "user.*"] });
  expect(meantEvents(["sale.*", "plain"], known)).toEqual({ type: ["sale.*", "plain"] });
  expect(meantEvents(["categories"], known)).toEqual({ entity_type: "category" });
  expect(meantEntityType("sales", known)).toBe("sale");
  for (const names of [["stock.*"], ["sale.complete"], ["sale", "categories"], [""]])
    expect(() => meantEvents(names, known)).toThrow("the trail has no events of type");
});
