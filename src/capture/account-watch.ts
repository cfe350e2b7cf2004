// capture: looks every second at who is logged in on which connection of the server, while its log is read, on a quiet
// connection of its own. An account that may not look, and a server that does not answer, only mean that nothing is known.
import type { Flavor } from "../model/capture-state.ts";
import type { SourceConnection } from "../model/config.ts";
import { parseGtidSet } from "../model/gtid-set.ts";
import { type AccountBook, createAccountBook } from "./account-book.ts";
import { findAccountSource, type ReadAccounts } from "./account-source.ts";
import { openServerConnection, type ServerConnection } from "./server-connection.ts";

export interface AccountWatchOptions {
  connection: SourceConnection;
  flavor: Flavor;
  /** Whose accounts they must be: an address may lead to another server from one connection to the next. */
  sourceId: string;
}

export interface AccountWatch extends Disposable, Pick<AccountBook, "accountOf"> {}

const lookMs = 1_000;

/** No connection outlives a run of the server, so what one connection shows belongs to one run. */
interface OpenWatch {
  server: ServerConnection;
  read: ReadAccounts;
  book: AccountBook;
}

export function watchAccounts(options: AccountWatchOptions): AccountWatch {
  let open: OpenWatch | undefined;
  let looking = false;
  let ended = false;

  const close = (): void => {
    void open?.server[Symbol.asyncDispose]();
    open = undefined;
  };
  const stop = (): void => {
    ended = true;
    clearInterval(timer);
    if (!looking) close();
  };
  const look = async (): Promise<void> => {
    if (open === undefined) {
      const server = await openServerConnection(options.connection);
      open = await beginWatch(server, options).catch(async (error: unknown) => {
        await server[Symbol.asyncDispose]();
        throw error;
      });
      if (open === undefined) return stop();
    }
    open.book.remember(await open.read(open.server));
  };
  const tick = (): void => {
    if (looking) return;
    looking = true;
    look()
      // The stream has its own word on a server that cannot be asked.
      .catch(close)
      .finally(() => {
        looking = false;
        if (ended) close();
      });
  };
  const timer = setInterval(tick, lookMs);
  tick();
  return {
    accountOf: (transaction) => open?.book.accountOf(transaction),
    [Symbol.dispose]: stop,
  };
}

/** undefined where there is nothing to see; it may be granted for the next connection of capture. */
async function beginWatch(
  server: ServerConnection,
  { flavor, sourceId }: AccountWatchOptions,
): Promise<OpenWatch | undefined> {
  const read = await findAccountSource(server);
  const [identity, executed] = flavor === "mysql" ? ["server_uuid", "gtid_executed"] : ["server_id", "gtid_binlog_pos"];
  const row = await server.row(`SELECT @@GLOBAL.${identity} AS id, @@GLOBAL.${executed} AS executed`);
  if (read === null || String(row?.["id"]) !== sourceId) {
    await server[Symbol.asyncDispose]();
    return undefined;
  }
  const since = parseGtidSet(String(row?.["executed"]));
  return { server, read, book: createAccountBook({ flavor, sourceId, since }) };
}
