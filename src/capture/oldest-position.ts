// capture: where the oldest log file of a MariaDB server begins. MariaDB has no variable for what it purged, its statements
// that list log files take a privilege we do not ask for, and it refuses the empty position once a file is gone. But each
// file opens with the GTID position before it, and whoever may read the log may read that.
import { AppError } from "../model/app-error.ts";
import type { SourceConnection } from "../model/config.ts";
import { openMariadbStart } from "./binlog-client.ts";
import { toSourceError } from "./source-error.ts";

const answerTimeoutMs = 10_000;

/** @throws AppError as for any stream; capture.connection_lost when the server says nothing. */
export async function readOldestMariadbPosition(connection: SourceConnection, serverId: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const stream = openMariadbStart({
    connection,
    serverId,
    onPosition: resolve,
    onError: (error) => reject(toSourceError(error, connection)),
  });
  const giveUp = (): void =>
    reject(
      new AppError(
        "capture.connection_lost",
        `the server does not say where its log begins (asked for ${answerTimeoutMs / 1000} s)`,
        {
          hint: "Start again when it answers; nothing was read.",
        },
      ),
    );
  const timer = setTimeout(giveUp, answerTimeoutMs);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    stream.close();
  }
}
