// detect: what time it is for the application. Its rows state times of the business; the log states when they were committed. The two
// are the same on a live site, and weeks apart where old business is played into a server.
// Application time = commit time + the median distance of the last five transactions that state a time: one wrong time moves nothing.
import type { ObservedTransaction } from "../model/detection.ts";
import { dayMs } from "./calendar.ts";
import type { Memory, Remembered } from "./memory.ts";
import { median } from "./statistics.ts";

interface ClockState extends Remembered {
  /** Milliseconds from commit to business time, the newest last. */
  offsets: number[];
  /** Commit time of the first transaction. */
  began: number;
  since: number;
}

export interface ApplicationClock {
  /** @returns now, and the time of each event of the transaction in its order */
  read(transaction: ObservedTransaction): { now: number; times: number[] };
  /** When it was first read; undefined before. */
  since(): number | undefined;
}

const offsetsKept = 5;
/** A stated time farther away than this is a mistake or history, not when it happened. */
const believedWithinMs = 40 * dayMs;
/** No history is this far away: it is 9999, 1970, or another date that stands for none. */
const historyMs = 20 * 365 * dayMs;

export function createApplicationClock(memory: Memory): ApplicationClock {
  const rows = memory.rows<ClockState>("clock");
  return {
    read({ timestamp, events }) {
      const committed = Date.parse(timestamp);
      // Where the rule gives no time, an event's time is that of its commit.
      const stated = events.map((event) =>
        event.occurred_at === event.timestamp ? Number.NaN : Date.parse(event.occurred_at),
      );
      const own = stated.find((time) => Math.abs(time - committed) < historyMs);
      const state: ClockState = rows.get("") ?? {
        seen: committed,
        offsets: [],
        began: committed,
        since: committed,
      };
      if (own !== undefined) {
        state.offsets.push(own - committed);
        // Until there are enough, how far apart the two clocks are is a guess.
        if (state.offsets.length <= offsetsKept) state.since = state.began + median(state.offsets);
        else state.offsets.shift();
      }
      const now = committed + median(state.offsets);
      const believed = (time: number): boolean => Math.abs(time - now) <= believedWithinMs;
      const usual = own !== undefined && believed(own) ? own : now;
      state.seen = now;
      rows.put("", state);
      return { now, times: stated.map((time) => (believed(time) ? time : usual)) };
    },
    since: () => rows.get("")?.since,
  };
}
