// capture: where a server shows who is logged in on which connection, if it shows it to us at all. Takes an open connection.
import { AppError } from "../model/app-error.ts";
import type { SourceConnection } from "../model/config.ts";
import { openServerConnection, type ServerConnection } from "./server-connection.ts";
import { processlistStatement, threadsStatement } from "./table-statements.ts";

/** Reads every connection that is logged in, as connection id and `user@host`. */
export type ReadAccounts = (server: ServerConnection) => Promise<[connectionId: number, account: string][]>;

/** For `doctor`; nothing of it is a problem. */
export interface AccountsReport {
  readable: boolean;
  /** What makes them readable; null when they are. */
  grant: string | null;
}

/** null where the server does not show other accounts' connections. @throws when the server cannot be asked */
export async function findAccountSource(server: ServerConnection): Promise<ReadAccounts | null> {
  // Empty where the server runs without its performance schema: not even this connection is there.
  const threads = await readThreads(server).catch(unlessRefused);
  if (threads !== null && threads.length > 0) return readThreads;
  const grants = (await server.rows("SHOW GRANTS")).map((row) => String(Object.values(row)[0]));
  const process = grants.some((grant) => /\b(?:PROCESS|ALL PRIVILEGES)\b.* ON \*\.\* TO /i.test(grant));
  return process ? readProcesslist : null;
}

export async function inspectAccounts(connection: SourceConnection): Promise<AccountsReport> {
  await using server = await openServerConnection(connection);
  if ((await findAccountSource(server)) !== null) return { readable: true, grant: null };
  const schema = await server.row("SELECT @@GLOBAL.performance_schema AS enabled");
  const account = `'${connection.user}'@'<this machine>'`;
  const grant =
    schema?.["enabled"] === 1
      ? `GRANT SELECT (PROCESSLIST_ID, PROCESSLIST_USER, PROCESSLIST_HOST) ON performance_schema.threads TO ${account};`
      : `GRANT PROCESS ON *.* TO ${account};`;
  return { readable: false, grant };
}

interface LoggedIn {
  id: number;
  user: string;
  host: string | null;
}

async function readThreads(server: ServerConnection): Promise<[number, string][]> {
  const rows = (await server.rows(threadsStatement)) as unknown as LoggedIn[];
  return rows.map(({ id, user, host }) => [id, `${user}@${host ?? ""}`]);
}

async function readProcesslist(server: ServerConnection): Promise<[number, string][]> {
  const rows = (await server.rows(processlistStatement)) as unknown as LoggedIn[];
  // The host comes with its port, which is another one for each connection.
  return rows.map(({ id, user, host }) => [id, `${user}@${(host ?? "").replace(/:\d+$/, "")}`]);
}

function unlessRefused(error: unknown): null {
  if (error instanceof AppError && (error.code === "source.misconfigured" || error.code === "source.access_denied"))
    return null;
  throw error;
}
