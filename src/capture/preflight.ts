// capture: asks the server, before anything is read, whether its log can be trusted to tell everything.
// Gives every problem with its cure, not just the first. `doctor` and `run` share it.
import type { Flavor, SourceIdentity } from "../model/capture-state.ts";
import type { SourceConnection } from "../model/config.ts";
import { grantHint } from "./source-error.ts";
import { openServerConnection, type ServerConnection } from "./server-connection.ts";
import { readCascadeLimits } from "./unlogged-cascades.ts";

export interface PreflightCheck {
  /** What was looked at, for example `binlog_row_image`. */
  name: string;
  ok: boolean;
  /** What was found. */
  found: string;
  /** What it should be, and what happens otherwise; null when ok. */
  problem: string | null;
  fix: string | null;
}

export interface PreflightReport {
  identity: SourceIdentity;
  checks: PreflightCheck[];
  /** GTID set of everything the server has committed. */
  executedGtidSet: string;
  /** GTID set of what the server no longer has in its log files ("" on MariaDB, which does not say). */
  purgedGtidSet: string;
  /** How long the server keeps its log files; null: for ever, as far as its settings say. */
  retentionSeconds: number | null;
  /** What this server's log cannot hold and no setting cures: no problem, but each answer rests on it. */
  limits: string[];
}

export type ServerInspection = Omit<PreflightReport, "limits">;

interface Expectation {
  variable: string;
  expected: string;
  flavors: readonly Flavor[];
  why: string;
  fix: string;
  /** Absent on servers older than the variable, which then behave as expected. */
  mayBeAbsent?: boolean;
}

const both: readonly Flavor[] = ["mysql", "mariadb"];
const expectations: readonly Expectation[] = [
  {
    variable: "log_bin",
    expected: "ON",
    flavors: both,
    why: "there is no binary log to read",
    fix: "Set log_bin in the server's configuration and restart it.",
  },
  {
    variable: "binlog_format",
    expected: "ROW",
    flavors: both,
    why: "the log would hold statements, not row changes",
    fix: "SET PERSIST binlog_format = 'ROW'; (MariaDB: SET GLOBAL, and the configuration file). Sessions that are open keep the old format.",
  },
  {
    variable: "binlog_row_image",
    expected: "FULL",
    flavors: both,
    why: "the log would leave out columns",
    fix: "SET GLOBAL binlog_row_image = 'FULL'; and in the configuration file.",
  },
  {
    variable: "binlog_row_metadata",
    expected: "FULL",
    flavors: both,
    why: "column names would have to be guessed, and a guess after ALTER TABLE is wrong",
    fix: "SET GLOBAL binlog_row_metadata = 'FULL'; and in the configuration file.",
  },
  {
    variable: "binlog_checksum",
    expected: "CRC32",
    flavors: both,
    why: "a damaged log could not be told from a good one",
    fix: "SET GLOBAL binlog_checksum = 'CRC32'; and in the configuration file.",
  },
  {
    variable: "gtid_mode",
    expected: "ON",
    flavors: ["mysql"],
    why: "transactions could not be named, nor reading resumed exactly",
    fix: "Turn GTIDs on step by step: OFF_PERMISSIVE, ON_PERMISSIVE, ON, with enforce_gtid_consistency = ON.",
  },
  {
    variable: "binlog_row_value_options",
    expected: "",
    flavors: ["mysql"],
    why: "partial JSON updates are not decoded",
    fix: "SET GLOBAL binlog_row_value_options = ''; and in the configuration file.",
    mayBeAbsent: true,
  },
];

/** @throws source.unreachable, source.access_denied when the questions cannot even be asked. */
export async function runPreflight(connection: SourceConnection): Promise<PreflightReport> {
  await using server = await openServerConnection(connection);
  const report = await inspectServer(server, connection);
  const { flavor, version } = report.identity;
  return { ...report, limits: await readCascadeLimits(server, flavor, version) };
}

/** The same questions, on a connection that is already open, but for those that may take the server long. */
export async function inspectServer(server: ServerConnection, connection: SourceConnection): Promise<ServerInspection> {
  const { version } = (await server.row("SELECT version() AS version")) as { version: string };
  const flavor: Flavor = /mariadb/i.test(version) ? "mariadb" : "mysql";
  const variables = await readVariables(server);
  const checks = expectations
    .filter((item) => item.flavors.includes(flavor))
    .map((item) => checkVariable(item, variables));
  checks.push(await checkPrivilege(server, connection.user));
  return {
    identity: {
      flavor,
      version,
      server_id: variables.get(flavor === "mysql" ? "server_uuid" : "server_id") ?? "",
      address: `${connection.host}:${connection.port}`,
    },
    checks,
    executedGtidSet: compact(variables.get(flavor === "mysql" ? "gtid_executed" : "gtid_binlog_pos")),
    purgedGtidSet: compact(variables.get("gtid_purged")),
    retentionSeconds: readRetention(variables),
  };
}

/** The problems of a report, each as one line: found, why it matters, cure. */
export function describeProblems(report: ServerInspection): string[] {
  return report.checks.filter((check) => !check.ok).map((check) => `${check.name}: ${check.problem}. ${check.fix}`);
}

const otherVariables = [
  "server_uuid",
  "server_id",
  "gtid_executed",
  "gtid_purged",
  "gtid_binlog_pos",
  "binlog_expire_logs_seconds",
  "binlog_expire_logs_auto_purge",
  "expire_logs_days",
];

async function readVariables(server: ServerConnection): Promise<Map<string, string>> {
  const names = [...expectations.map((item) => item.variable), ...otherVariables].map((name) => `'${name}'`);
  const rows = await server.rows(`SHOW GLOBAL VARIABLES WHERE Variable_name IN (${names.join(", ")})`);
  return new Map(rows.map((row) => [String(row["Variable_name"]).toLowerCase(), String(row["Value"])]));
}

function checkVariable(item: Expectation, variables: ReadonlyMap<string, string>): PreflightCheck {
  const found = variables.get(item.variable);
  const ok = found === undefined ? item.mayBeAbsent === true : found.toUpperCase() === item.expected;
  const shown = found === undefined ? "not known to this server" : found || "''";
  return {
    name: item.variable,
    ok,
    found: shown,
    problem: ok ? null : `is ${shown}, must be ${item.expected || "''"}: ${item.why}`,
    fix: ok ? null : item.fix,
  };
}

/** By whichever of the settings the server has; 0 is for ever. */
function readRetention(variables: ReadonlyMap<string, string>): number | null {
  if (variables.get("binlog_expire_logs_auto_purge") === "OFF") return null;
  const seconds = Number(variables.get("binlog_expire_logs_seconds") ?? 0);
  return seconds || Number(variables.get("expire_logs_days") ?? 0) * 86_400 || null;
}

/** The one privilege that reading the log takes. A role that grants it counts when it is active at login. */
async function checkPrivilege(server: ServerConnection, user: string): Promise<PreflightCheck> {
  const grants = (await server.rows("SHOW GRANTS")).map((row) => String(Object.values(row)[0]));
  const ok = grants.some(
    (grant) => / ON \*\.\* TO /i.test(grant) && /REPLICATION (SLAVE|REPLICA)|ALL PRIVILEGES/i.test(grant),
  );
  return {
    name: "privilege REPLICATION SLAVE",
    ok,
    found: ok ? "granted" : "not granted",
    problem: ok ? null : "is not granted: the server would refuse to send its log",
    fix: ok ? null : grantHint(user),
  };
}

function compact(text: string | undefined): string {
  return (text ?? "").replace(/\s/g, "");
}
