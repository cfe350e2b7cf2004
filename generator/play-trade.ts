// Takes a connection in an empty pharmacy and options, gives the truth: what was committed, counted.
// The plan decides everything; this file only sends it, in order, every transaction with its own COMMIT.
import type { Connection, RowDataPacket } from "mysql2/promise";
import { AppError } from "../src/model/app-error.ts";
import type { PlannedTransaction } from "./planned-transaction.ts";
import { statementsOf } from "./statements.ts";
import type { TradeOptions } from "./trade-options.ts";
import { planTrade } from "./trade-plan.ts";
import { TruthCounter } from "./truth.ts";
import type { TradeTruth } from "./truth.ts";

export interface TradeProgress {
  /** Days of trade played so far, of `days`; 0 after the opening. */
  day: number;
  days: number;
  transactions: number;
  date: string;
}

/** Transactions sent in one round trip; Ctrl-C is heard between round trips. */
const transactionsPerRoundTrip = 32;

/**
 * Plays the trade into the connection's current database, made by `createPharmacy`. A connection with
 * `multipleStatements` saves round trips. When `signal` fires, the transactions under way are finished and the
 * truth up to them is given.
 * @throws AppError `usage.argument` for options out of range, `demo.failed` for a database without an empty pharmacy.
 */
export async function playTrade(
  connection: Connection,
  options: TradeOptions,
  onProgress?: (progress: TradeProgress) => void,
  signal?: AbortSignal,
): Promise<TradeTruth> {
  const counter = new TruthCounter();
  const plan = planTrade(options);
  let next = plan.next(); // the options are checked here, before the server is asked anything
  await checkEmptyPharmacy(connection);
  for (; !next.done; next = plan.next()) {
    const { day, date, transactions, anomalies } = next.value;
    for (let at = 0; at < transactions.length; at += transactionsPerRoundTrip) {
      if (signal?.aborted) return counter.truth;
      const together = transactions.slice(at, at + transactionsPerRoundTrip);
      await commit(connection, together);
      for (const transaction of together) counter.add(transaction);
    }
    counter.truth.anomalies.push(...anomalies);
    onProgress?.({ day, days: options.days, transactions: counter.truth.transactions, date });
  }
  return counter.truth;
}

/** One round trip where the connection allows several statements in a query, else one per statement. */
async function commit(connection: Connection, transactions: readonly PlannedTransaction[]): Promise<void> {
  const statements = transactions.flatMap((planned) => ["START TRANSACTION", ...statementsOf(planned), "COMMIT"]);
  try {
    if (connection.config.multipleStatements) await connection.query(statements.join(";\n"));
    else for (const statement of statements) await connection.query(statement);
  } catch (error) {
    await connection.query("ROLLBACK").catch(() => undefined); // the first error says more than a failed rollback
    throw error;
  }
}

async function checkEmptyPharmacy(connection: Connection): Promise<void> {
  let used: boolean;
  try {
    const [rows] = await connection.query<RowDataPacket[]>("SELECT EXISTS (SELECT 1 FROM products) AS used");
    used = Number(rows[0]?.["used"]) === 1;
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    throw new AppError("demo.failed", "the connection's database holds no pharmacy", {
      hint: "Create one first, with createPharmacy().",
      cause,
    });
  }
  if (!used) return;
  throw new AppError("demo.failed", "the pharmacy in this database has already traded", {
    hint: "Play into a new database: the ids of a second run would be those of the first.",
  });
}

function isMissing(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ER_NO_SUCH_TABLE" || code === "ER_NO_DB_ERROR";
}
