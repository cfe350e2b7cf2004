// capture: what this server's log cannot hold, however it is set: the child rows that a foreign key's CASCADE or SET NULL
// changes. Before MySQL 9.6, and on MariaDB, the storage engine does that below the log. Gives a sentence for each limit.
import { AppError } from "../model/app-error.ts";
import type { Flavor } from "../model/capture-state.ts";
import type { ServerConnection } from "./server-connection.ts";
import { cascadesStatement } from "./table-statements.ts";

const listedMax = 20;

/** Empty when the log has no such limit, or there is certainly no such foreign key. */
export async function readCascadeLimits(server: ServerConnection, flavor: Flavor, version: string): Promise<string[]> {
  try {
    if (await logsCascades(server, flavor, version)) return [];
    const keys = (await server.rows(cascadesStatement)).map(describeKey);
    if (keys.length === 0)
      return (await seesEveryTable(server, flavor)) ? [] : [unlisted("this account cannot list them")];
    const more = keys.length > listedMax ? ` and ${keys.length - listedMax} more` : "";
    const others = (await seesEveryTable(server, flavor)) ? "" : "; perhaps others, which this account cannot list";
    const listed = keys.slice(0, listedMax).join(", ");
    return [`foreign keys change child rows that this server does not log: ${listed}${more}${others}`];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // A limit of which we cannot learn more is no reason to refuse the server.
    return [unlisted(`they could not be listed (${error.message})`)];
  }
}

function unlisted(why: string): string {
  return `any foreign key with CASCADE or SET NULL changes child rows that this server does not log; ${why}`;
}

async function logsCascades(server: ServerConnection, flavor: Flavor, version: string): Promise<boolean> {
  const [major = 0, minor = 0] = version.split(".").map((part) => Number.parseInt(part, 10));
  if (flavor !== "mysql" || major < 9 || (major === 9 && minor < 6)) return false;
  const row = await server.row("SHOW GLOBAL VARIABLES LIKE 'innodb_native_foreign_keys'");
  return row?.["Value"] !== "ON";
}

function describeKey(row: Record<string, unknown>): string {
  const rules = [
    ["DELETE", row["on_delete"]],
    ["UPDATE", row["on_update"]],
  ].filter(([, rule]) => /^(?:CASCADE|SET)/.test(String(rule)));
  const described = rules.map(([change, rule]) => `ON ${String(change)} ${String(rule)}`).join(", ");
  return `${String(row["database"])}.${String(row["table"])}.${String(row["name"])} (${described})`;
}

/** information_schema shows the keys of tables on which the account has a privilege; to MariaDB, SELECT is none. */
async function seesEveryTable(server: ServerConnection, flavor: Flavor): Promise<boolean> {
  const enough = flavor === "mysql" ? /\b(?:ALL PRIVILEGES|SELECT|REFERENCES)\b/ : /\b(?:ALL PRIVILEGES|REFERENCES)\b/;
  const grants = (await server.rows("SHOW GRANTS")).map((row) => String(Object.values(row)[0]));
  return grants.some((grant) => enough.test(/^GRANT (.*) ON \*\.\* TO /i.exec(grant)?.[1] ?? ""));
}
