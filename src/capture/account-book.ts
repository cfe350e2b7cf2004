// capture: who was seen logged in on which connection of the server -> whose account a transaction was made with.
// Holds what one run of the server told; its ids mean nothing in the next, which gives them out anew.
import type { Flavor } from "../model/capture-state.ts";
import type { GtidSet } from "../model/gtid-set.ts";
import type { RawTransactionPart } from "../model/raw-transaction.ts";

export interface AccountBookOptions {
  flavor: Flavor;
  /** MySQL's server_uuid, MariaDB's server_id. */
  sourceId: string;
  /** What had been committed when the accounts were looked at for the first time in this run of the server. */
  since: GtidSet;
}

export interface AccountBook {
  /** What one look at the server showed: connection id to `user@host`. */
  remember(seen: Iterable<readonly [connectionId: number, account: string]>): void;
  /**
   * undefined where it is not certain: a connection never seen, or seen with two accounts; a transaction made before the
   * first look, when the id may have been another's; or on another server, with ids of its own.
   */
  accountOf(transaction: Pick<RawTransactionPart, "gtid" | "connectionId">): string | undefined;
}

/** Connections that are kept in mind; beyond it the one not seen for longest is forgotten. */
const connectionsMax = 65_536;

export function createAccountBook({ flavor, sourceId, since }: AccountBookOptions): AccountBook {
  /** The one seen longest ago first; null: two accounts. */
  const accounts = new Map<number, string | null>();
  const isOwn = (gtid: string): boolean =>
    flavor === "mysql" ? gtid.startsWith(`${sourceId}:`) : gtid.split("-")[1] === sourceId;
  return {
    remember(seen) {
      for (const [id, account] of seen) {
        const known = accounts.get(id);
        accounts.delete(id);
        accounts.set(id, known === undefined || known === account ? account : null);
      }
      for (const id of accounts.keys()) {
        if (accounts.size <= connectionsMax) break;
        accounts.delete(id);
      }
    },
    accountOf({ gtid, connectionId }) {
      const account = connectionId === null ? null : (accounts.get(connectionId) ?? null);
      if (account === null || !isOwn(gtid) || since.has(gtid)) return undefined;
      return account;
    },
  };
}
