// capture: asks the server every few seconds, while its log is read, what preflight asked before: any of those settings can be
// changed under an open stream, and none of them makes an error there. One quiet connection of its own, made anew when lost.
import { AppError } from "../model/app-error.ts";
import type { Flavor } from "../model/capture-state.ts";
import type { SourceConnection } from "../model/config.ts";
import { checkHistory } from "./history-check.ts";
import { describeProblems, inspectServer, type ServerInspection } from "./preflight.ts";
import { openServerConnection, type ServerConnection } from "./server-connection.ts";

export interface ServerWatchOptions {
  connection: SourceConnection;
  flavor: Flavor;
  everyMs: number;
  /** The stored GTID set. */
  stored: () => string;
  /** The server no longer has the history that is stored, or a finding could not be kept. */
  onFault: (error: unknown) => void;
  /** After each round: what is wrong with the settings now; empty when nothing is. */
  onSettings: (problems: string[]) => void;
  /** After each round. */
  onServer: (server: ServerNow) => void;
}

export type ServerNow = Pick<ServerInspection, "executedGtidSet" | "retentionSeconds">;

export function watchServer(options: ServerWatchOptions): Disposable {
  let server: ServerConnection | undefined;
  let asking = false;
  let ended = false;
  // Asked about is what was stored one round ago: a server may send a transaction a moment before it counts it as its own.
  let earlier = options.stored();

  const ask = async (): Promise<void> => {
    const asked = earlier;
    earlier = options.stored();
    server ??= await openServerConnection(options.connection);
    const report = await inspectServer(server, options.connection);
    if (ended) return;
    options.onServer(report);
    options.onSettings(describeProblems(report));
    await checkHistory(server, options.flavor, asked);
  };
  const forget = (): void => {
    void server?.[Symbol.asyncDispose]();
    server = undefined;
  };
  const timer = setInterval(() => {
    if (asking) return;
    asking = true;
    ask()
      .catch((error: unknown) => {
        if (isUnanswered(error)) forget();
        else if (!ended) options.onFault(error);
      })
      .finally(() => {
        asking = false;
        if (ended) forget();
      });
  }, options.everyMs);
  return {
    [Symbol.dispose]: () => {
      ended = true;
      clearInterval(timer);
      if (!asking) forget();
    },
  };
}

/** A server that cannot be asked is the stream's business, which has its own watchdog. */
function isUnanswered(error: unknown): boolean {
  return error instanceof AppError && (error.code.startsWith("source.") || error.code === "capture.connection_lost");
}
