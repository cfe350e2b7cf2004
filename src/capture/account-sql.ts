// capture: the account that reads the log -> the SQL that makes it, for a person to run on the server. Never holds the password.
import type { Flavor } from "../model/capture-state.ts";

export interface AccountNeed {
  user: string;
  /** From where it logs in, as the server sees this machine; null where that is not known. */
  host: string | null;
  /** null before the server has let anybody in. */
  flavor: Flavor | null;
  /** What is missing: the account (or its password is another), or only its privilege. */
  missing: "account" | "privilege";
  /** Whether the database account behind each change can be read; null where nobody could ask. */
  accountsReadable: boolean | null;
  /** Whether the server runs with its performance schema; null where nobody could ask. */
  performanceSchema: boolean | null;
}

/** Lines of SQL, its comments among them. */
export function accountSql(need: AccountNeed): string[] {
  const account = `${quoteText(need.user)}@${quoteText(need.host ?? "%")}`;
  const create = need.missing === "privilege" ? [] : createSql(need.host, account);
  return [...create, `GRANT REPLICATION SLAVE ON *.* TO ${account};`, ...accountsSql(need, account)];
}

function createSql(host: string | null, account: string): string[] {
  const identified = "IDENTIFIED BY '<the password you gave>';";
  const everywhere = "-- '%' is every machine: put the address of this one in its place, as the server sees it.";
  return [
    ...(host === null ? [everywhere] : []),
    `CREATE USER ${account} ${identified}`,
    `-- Where the account is there already: ALTER USER ${account} ${identified}`,
    ...(host === null
      ? []
      : ["-- Where this machine's address changes, a pattern may stand in its place: '10.0.0.%'."]),
  ];
}

/** The optional grant: who is logged in on which connection. */
function accountsSql({ accountsReadable, performanceSchema, flavor }: AccountNeed, account: string): string[] {
  if (accountsReadable === true) return [];
  const threads = `GRANT SELECT (PROCESSLIST_ID, PROCESSLIST_USER, PROCESSLIST_HOST) ON performance_schema.threads TO ${account};`;
  const process = `GRANT PROCESS ON *.* TO ${account};`;
  const why = "-- Optional: names the database account behind each change.";
  if (performanceSchema === false) return [`${why} (It shows other accounts' statements too.)`, process];
  if (performanceSchema === true || flavor === "mysql") return [why, threads];
  return [why, threads, `-- MariaDB without its performance schema: ${process}`];
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}
