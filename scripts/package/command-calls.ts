// One real call, at least, of each family of commands from an installation: while the demo's capture runs, and after it has ended.
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadAllCommands } from "../../src/serve/cli/command-families.ts";
import type { DemoRun } from "./demo-run.ts";
import { type Expectation, type InstalledCli, runExpecting } from "./installed-cli.ts";

type Call = readonly [args: readonly string[], expectation?: Expectation];

/** What a newcomer does first, beside the running capture. */
export function firstSteps({ host, port, store }: DemoRun): Call[] {
  const account = { env: { AUDIT_PASSWORD: "demo-only" } };
  const server = ["--host", host, "--port", port, "--user", "audit_overlay"];
  return [
    [["doctor", ...server], { ...account, says: "Ready" }],
    [["status", "--store", store], { says: "RUNNING" }],
    [["trace", "sale", "1", "--store", store], { says: "Sale completed" }],
    [["events", "list", "--type", "sale.*", "--limit", "3", "--store", store], { says: "Sale" }],
    [["verify", "--store", store], { says: "VERIFIED" }],
    [["backup", "--to", "backups", "--store", store]],
    [["init", "--yes", ...server, "--databases", "pharmacy"], account],
    // An account that may read the log and nothing else: what these two say of that comes from the server.
    [
      ["snapshot", ...server, "--tables", "pharmacy.products", "--store", "snapshot.db"],
      {
        ...account,
        says: "access_denied",
        status: 4,
      },
    ],
    [["rules", "suggest", ...server, "--database", "pharmacy"], { ...account, says: "no_table", status: 8 }],
  ];
}

/** Of a store that nobody writes, after the first steps. `id` is that of a business event in it. */
export function laterCalls(cli: InstalledCli, store: string, id: string): Call[] {
  writeFileSync(join(cli.folder, "sale.ndjson"), `${JSON.stringify(debeziumSale)}\n`);
  const of = ["--store", store];
  const [backup = ""] = readdirSync(join(cli.folder, "backups"));
  return [
    [["restore", join("backups", backup), "--store", "restored.db"], { says: "verified" }],
    [["verify", "--store", "restored.db"], { says: "VERIFIED" }],
    [["search", "cusco", ...of]],
    [["events", "show", id, ...of], { says: id }],
    [["explain", id, ...of], { says: "rule" }],
    [["summary", "--date", "2026-01-05", ...of]],
    [["detect", ...of]],
    [["anomalies", ...of]],
    [["export", "--type", "sale.voided", "--out", "voided.csv", ...of], { says: "SHA-256" }],
    [["export", "--type", "sale.voided", "--format", "parquet", "--out", "voided.parquet", ...of]],
    [["token", "create", "--name", "trial", ...of]],
    [["token", "list", ...of], { says: "trial" }],
    [["token", "revoke", "--name", "trial", ...of]],
    [["access", ...of]],
    [["alerts", "list", ...of]],
    [["mcp", ...of], { input: `${JSON.stringify(mcpGreeting)}\n`, says: "audit-overlay" }],
    [["mcp", "install", "--client", "claude-desktop", "--file", "assistant.json", "--yes", ...of]],
    [["rules", "list", "pharmacy"], { says: "sale" }],
    [["rules", "check", "pharmacy"]],
    [["rules", "test", "pharmacy"]],
    [["rules", "explain", "sale.completed", "--rules", "pharmacy"]],
    [["rules", "replay", "--rules", "pharmacy", ...of]],
    [["config", "show"], { says: "store" }],
    [["completion", "bash"], { says: "complete" }],
    [["ingest", "sale.ndjson", "--rules", "pharmacy", "--key-columns", "sales:sale_id", "--store", "posted.db"]],
    [["status", "--store", "nosuch.db"], { status: 6, says: "store.missing" }],
    [["rules", "check", "nosuch.yaml"], { status: 7 }],
  ];
}

/** Those of commands that this version has. @returns how many were made. */
export async function makeCalls(
  cli: InstalledCli,
  calls: readonly Call[],
  families: ReadonlySet<string>,
): Promise<number> {
  const known = calls.filter(([[family = ""]]) => families.has(family));
  const faults: string[] = [];
  for (const [args, expectation] of known)
    await runExpecting(cli, args, expectation).catch((error: unknown) => faults.push(String(error)));
  if (faults.length > 0) throw new Error(faults.join("\n"));
  return known.length;
}

export async function commandPaths(): Promise<string[][]> {
  return (await loadAllCommands()).flatMap(({ paths = [] }) => paths);
}

/** `run`, `serve` and `demo` are called elsewhere: they stay. */
export function uncalled(families: ReadonlySet<string>, calls: readonly Call[]): string[] {
  const called = new Set([...calls.map(([[family = ""]]) => family), "run", "serve", "demo"]);
  return [...families].filter((family) => !called.has(family));
}

const mcpGreeting = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "trial", version: "1" } },
};

const debeziumSale = {
  op: "c",
  before: null,
  after: {
    sale_id: 1042,
    branch_id: 2,
    user_id: 3,
    status: "COMPLETED",
    discount: "0.00",
    total: "24.00",
    created_at: "2026-01-05 09:30:00",
    updated_by: 3,
  },
  source: {
    version: "3.1.2.Final",
    connector: "mysql",
    name: "till",
    ts_ms: 1_767_605_400_000,
    snapshot: "false",
    db: "pharmacy",
    table: "sales",
    server_id: 1,
    gtid: "24bc7850-2c16-11e6-a073-0242ac110002:7",
    file: "binlog.000003",
    pos: 484,
    row: 0,
  },
  ts_ms: 1_767_605_400_120,
};
