// capture: any user may set the clock of a session (SET timestamp), and the header of each of its events says what that clock
// said. Takes that time of each commit; gives the commit time to believe, and the session's own where it cannot be true.
import type { CommitTime } from "./commit-time.ts";

export interface JudgedTime {
  /** Microseconds since the epoch. */
  commitUs: bigint;
  /** Milliseconds since the epoch; null when there is nothing to say against the session's clock. */
  sessionMs: number | null;
}

export interface SessionClockJudge {
  /** The server began a log file at that time: what it holds was committed later. */
  fileBegan(headerMs: number, nowMs: number): void;
  /** `commitTime`: by the server's clock, null where the log does not tell (MariaDB). */
  judge(headerMs: number, commitTime: CommitTime | null, nowMs: number): JudgedTime;
}

/** Clocks of machines differ a little; a statement that runs long says when it began, not when it was committed. */
const aheadMaxMs = 60_000;
const behindMaxMs = 3_600_000;

/** One for each stream: its commits come in the order in which they were made. */
export function createSessionClockJudge(): SessionClockJudge {
  /** A time that has certainly passed when the next commit is made. */
  let passedMs = 0;
  return {
    fileBegan(headerMs, nowMs) {
      if (headerMs <= nowMs + aheadMaxMs) passedMs = Math.max(passedMs, headerMs);
    },
    judge(headerMs, commitTime, nowMs) {
      if (commitTime !== null) {
        // On a replica the header is that of the server where it was first committed, and so must be what it is held against.
        const committedMs = Number(commitTime.originalUs / 1_000n);
        const isForged = headerMs > committedMs + aheadMaxMs || headerMs < committedMs - behindMaxMs;
        return { commitUs: commitTime.immediateUs, sessionMs: isForged ? headerMs : null };
      }
      if (headerMs > nowMs + aheadMaxMs || headerMs < passedMs - behindMaxMs)
        return { commitUs: BigInt(nowMs) * 1_000n, sessionMs: headerMs };
      passedMs = Math.max(passedMs, headerMs);
      return { commitUs: BigInt(headerMs) * 1_000n, sessionMs: null };
    },
  };
}
