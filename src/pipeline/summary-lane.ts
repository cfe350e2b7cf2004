// pipeline: the lane that tells days. At the time that the settings say the summary of the day is written and stored; what was
// missed while nothing ran is made up; a day that was told before its end is told again where its facts have changed.
import { setTimeout as sleep } from "node:timers/promises";
import { summaryTask } from "../ai/words-of.ts";
import { localZone } from "../lib/zoned-time.ts";
import { AppError } from "../model/app-error.ts";
import { openStoreReader } from "../store/open-store.ts";
import type { StoreReader } from "../store/store-reader.ts";
import { dueDays } from "./due-days.ts";
import { createQuestionThread, type QuestionThread } from "./question-thread.ts";
import type { Lane, LaneContext } from "./slow-lane.ts";
import { writeSummary } from "./write-words.ts";

/** How often it looks at the clock. */
const idleMs = 15_000;
/** After a start, or a day's end, capture has this long to bring what is still to come of the day. */
const patienceMs = 10 * 60_000;

export const summaryLane: Lane = async (context) => {
  const { config, clock, signal } = context;
  if (config.summary_at === "off") return;
  await using teller = createDayTeller(context, clock.now());
  while (!signal.aborted) {
    if (!(await teller.tell())) await sleep(idleMs, undefined, { signal }).catch(() => undefined);
  }
};

type DayTellerContext = Pick<LaneContext, "config" | "findings" | "wordsmith" | "clock" | "log" | "signal">;

export interface DayTeller extends AsyncDisposable {
  /** Tells the oldest day that is due. @returns false when none is */
  tell(): Promise<boolean>;
}

export function createDayTeller(context: DayTellerContext, startedAt: number): DayTeller {
  const { config, findings, clock, log, signal } = context;
  const zone = config.zone ?? localZone();
  const lang = config.lang ?? "en";
  // A thread, because a day of a hundred thousand events is counted for half a second; kept while there are days to tell.
  let questions: QuestionThread | undefined;
  const rest = async (): Promise<false> => {
    await questions?.[Symbol.asyncDispose]();
    questions = undefined;
    return false;
  };
  const tell = async (): Promise<boolean> => {
    const lookedAt = clock.now();
    const span = readSpan(config.store);
    if (span === null) return await rest();
    const [date] = dueDays({
      schedule: config.summary_at,
      zone,
      now: lookedAt,
      begin: Date.parse(span.begin),
      checkedAt: (day) => {
        const stored = findings.storedSummary({ date: day, zone, lang });
        return stored && Date.parse(stored.checked_at);
      },
      isRead: (end) => Date.parse(span.newest) >= end || lookedAt >= Math.max(end, startedAt) + patienceMs,
    });
    if (date === undefined || signal.aborted) return await rest();
    questions ??= createQuestionThread(config.store);
    const day = await questions.ask("summary", { date, zone, lang });
    try {
      const isTold = await writeSummary({ task: summaryTask(day, lang), zone, lookedAt }, context);
      if (isTold) log.info({ date, zone, lang }, "the summary of a day is written");
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      throw error;
    }
  };
  return { tell, [Symbol.asyncDispose]: async () => void (await rest()) };
}

/** null while there is no trail. */
function readSpan(store: string): ReturnType<StoreReader["trailSpan"]> {
  try {
    using reader = openStoreReader(store);
    return reader.trailSpan();
  } catch (error) {
    if (error instanceof AppError && error.code === "store.missing") return null;
    throw error;
  }
}
