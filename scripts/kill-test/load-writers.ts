// Takes a server's address and a seed; gives writers that work until stopped, through lost connections and conflicts.
import { setTimeout as delay } from "node:timers/promises";
import { type Connection, type ConnectionOptions, createConnection } from "mysql2/promise";
import { createRandom, type Random } from "../../generator/random.ts";
import { nextTransaction, type ShapeContext } from "./transaction-shapes.ts";
import { loadDatabase } from "./load-database.ts";

export interface LoadOptions {
  server: ConnectionOptions;
  seed: number;
  writers: number;
  /** True while there is enough work waiting: the writers then pause. */
  isFull: () => boolean;
}

export interface Load {
  /** Resolves when each writer has ended its transaction. @throws what no writer should meet, for example a wrong statement */
  stop(): Promise<void>;
  /** Rejects as soon as a writer fails for a reason of its own. */
  readonly failed: Promise<never>;
}

const pauseMs = 20;
/** Duplicate key, lock wait timeout, deadlock: writers meet each other, and the server has undone the loser. */
const conflictNumbers = new Set([1062, 1205, 1213]);
/** Shutdown in progress, connection killed: as good as lost. */
const lostNumbers = new Set([1053, 1927, 3169]);
/** Keys that updates and deletes aim at: the newest, where rows still are. */
const liveKeys = 2_000;

export function startLoad(options: LoadOptions): Load {
  const stopping = new AbortController();
  let lastId = 0;
  const contextOf = (writer: number, random: Random): ShapeContext => ({
    random,
    newId: () => (lastId += 1),
    someId: () => Math.max(1, lastId - random.int(0, liveKeys)),
    mayChangeTables: writer === 0,
  });
  const work = Promise.all(
    Array.from({ length: options.writers }, (_, writer) => {
      const context = contextOf(writer, createRandom(options.seed, "writer", writer));
      return keepWriting(writer, context, options, stopping.signal);
    }),
  );
  const failed = work.then(() => new Promise<never>(() => {}));
  failed.catch(() => {});
  return {
    failed,
    stop: async () => {
      stopping.abort();
      await work;
    },
  };
}

/** One connection after the other, each until the server goes away under it. */
async function keepWriting(
  writer: number,
  context: ShapeContext,
  options: LoadOptions,
  signal: AbortSignal,
): Promise<void> {
  let count = 0;
  while (!signal.aborted) {
    const connection = await openConnection(options.server);
    if (connection === undefined) {
      await delay(pauseMs);
      continue;
    }
    try {
      while (!signal.aborted) {
        if (options.isFull()) {
          await delay(pauseMs);
          continue;
        }
        count += 1;
        await writeTransaction(connection, `w${writer}-${count}`, nextTransaction(context));
      }
    } catch (error) {
      // Whether the last transaction was committed is not known here. The server knows, and it is the server that is asked.
      if (!isLost(error)) throw error;
    } finally {
      connection.destroy();
    }
  }
}

async function writeTransaction(connection: Connection, name: string, statements: readonly string[]): Promise<void> {
  try {
    const [first = "", ...others] = statements;
    await connection.query(`SET @tx = '${name}'; ${first}`);
    for (const statement of others) await connection.query(statement);
  } catch (error) {
    if (!conflictNumbers.has(numberOf(error))) throw error;
    await connection.query("ROLLBACK");
  }
}

async function openConnection(server: ConnectionOptions): Promise<Connection | undefined> {
  try {
    const connection = await createConnection({ ...server, database: loadDatabase, multipleStatements: true });
    // Without a listener a lost connection would end this process; the query under way reports it.
    connection.on("error", () => {});
    await connection.query("SET SESSION innodb_lock_wait_timeout = 1");
    return connection;
  } catch {
    return undefined;
  }
}

function isLost(error: unknown): boolean {
  const isFatal = error instanceof Error && "fatal" in error && error.fatal === true;
  return isFatal || lostNumbers.has(numberOf(error)) || /closed state|ECONNRESET|EPIPE/.test(String(error));
}

function numberOf(error: unknown): number {
  return error instanceof Error && "errno" in error ? Number(error.errno) : 0;
}
