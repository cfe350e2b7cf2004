// capture: everything `auditctl init` asks of a server at once: doctor's checks, the accounts, the databases that can be seen.
// A server that cannot be asked is an answer here, not an error; with it comes the SQL that would let us in.
import { AppError } from "../model/app-error.ts";
import type { SourceConnection } from "../model/config.ts";
import { type AccountsReport, inspectAccounts } from "./account-source.ts";
import { accountSql, quoteText } from "./account-sql.ts";
import { type PreflightReport, runPreflight } from "./preflight.ts";
import { openServerConnection } from "./server-connection.ts";

export interface SetupReport {
  /** Nothing is in the way of `run`. */
  ready: boolean;
  /** Why the server could not be asked; null when it could. */
  error: AppError | null;
  report: PreflightReport | null;
  accounts: AccountsReport | null;
  /** Names that the account sees, the server's own left out; null where it was not let in. */
  databases: string[] | null;
  /** What to run on the server; empty when nothing is missing. */
  sql: string[];
}

const ownDatabases = new Set(["information_schema", "performance_schema", "mysql", "sys"]);

export async function checkSetup(connection: SourceConnection): Promise<SetupReport> {
  try {
    return await inspect(connection);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const none = { report: null, accounts: null, databases: null };
    // Settings that keep us from asking at all (TLS, a proxy) are cured by no account.
    const sql = error.code === "source.misconfigured" ? [] : deniedSql(error, connection);
    return { ready: false, error, ...none, sql };
  }
}

async function inspect(connection: SourceConnection): Promise<SetupReport> {
  const report = await runPreflight(connection);
  const accounts = await inspectAccounts(connection);
  await using server = await openServerConnection(connection);
  const rows = await server.rows("SHOW DATABASES");
  const names = rows
    .map((row) => String(Object.values(row)[0]))
    .filter((name) => !ownDatabases.has(name.toLowerCase()));
  const seen = await server.row("SELECT current_user() AS account, @@GLOBAL.performance_schema AS performance_schema");
  const host = hostOf(String(seen?.["account"]));
  const ready = report.checks.every((check) => check.ok);
  const granted = report.checks.every((check) => check.ok || !check.name.startsWith("privilege"));
  const sql = granted
    ? []
    : accountSql({
        user: connection.user,
        host,
        flavor: report.identity.flavor,
        missing: "privilege",
        accountsReadable: accounts.readable,
        performanceSchema: seen?.["performance_schema"] === 1,
      });
  const checks = report.checks.map((check) => ({ ...check, fix: nameHost(check.fix, host) }));
  return {
    ready,
    error: null,
    report: { ...report, checks },
    accounts: { ...accounts, grant: nameHost(accounts.grant, host) },
    databases: names.toSorted(),
    sql,
  };
}

/** Preflight does not know what the server calls this machine. */
function nameHost(sql: string | null, host: string): string | null {
  return sql?.replace("'<this machine>'", () => quoteText(host)) ?? null;
}

function deniedSql(error: AppError, { user }: SourceConnection): string[] {
  const host = seenHost(error);
  const unknown = { flavor: null, accountsReadable: null, performanceSchema: null };
  return accountSql({ user, host, missing: "account", ...unknown });
}

/** A server that refuses somebody says whom, and from where: `… for user 'a'@'10.0.0.7' …`, `Host '10.0.0.7' is not allowed …`. */
function seenHost({ cause }: AppError): string | null {
  const text = cause instanceof Error ? cause.message : "";
  return /'@'([^']+)'/.exec(text)?.[1] ?? /^Host '([^']+)' is /.exec(text)?.[1] ?? null;
}

/** The last `@` is the one between the two: a user's name may hold others. */
function hostOf(account: string): string {
  return account.slice(account.lastIndexOf("@") + 1);
}
