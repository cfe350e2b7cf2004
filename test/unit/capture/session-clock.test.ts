// Which clock of a session cannot be true, and the commit time that is kept then.
import { describe, expect, it } from "vitest";
import { createSessionClockJudge } from "../../../src/capture/session-clock.ts";

const second = 1_000;
const hour = 3_600 * second;
const now = 1_772_366_400_000;
const us = (ms: number): bigint => BigInt(ms) * 1_000n;

describe("a server that logs when it committed", () => {
  const committed = { immediateUs: us(now) + 7n, originalUs: us(now) + 7n };

  it.each<[string, number, boolean]>([
    ["the same", now, false],
    ["60 s ahead", now + 60 * second, false],
    ["61 s ahead", now + 61 * second, true],
    ["an hour behind, as of a statement that ran for so long", now - hour, false],
    ["an hour and a second behind", now - hour - second, true],
    ["2001", 1_000_000_000_000, true],
    ["the epoch", 0, true],
  ])("is held against the session's clock: %s", (_what, headerMs, isForged) => {
    const judge = createSessionClockJudge();
    expect(judge.judge(headerMs, committed, now + 5 * hour)).toEqual({
      commitUs: us(now) + 7n,
      sessionMs: isForged ? headerMs : null,
    });
  });

  it("and is a replica: the header is held against the time of the first commit", () => {
    const judge = createSessionClockJudge();
    const late = { immediateUs: us(now + 24 * hour), originalUs: us(now) };
    expect(judge.judge(now, late, now + 24 * hour)).toEqual({ commitUs: late.immediateUs, sessionMs: null });
  });
});

describe("a server that does not", () => {
  it("has the session's clock, as long as it may be true", () => {
    const judge = createSessionClockJudge();
    // Reading begins with an old log.
    for (const headerMs of [now - 48 * hour, now - 47 * hour, now - 48 * hour, now, now + 60 * second])
      expect(judge.judge(headerMs, null, now)).toEqual({ commitUs: us(headerMs), sessionMs: null });
  });

  it("cannot have committed later than it is here: then our clock is kept", () => {
    const judge = createSessionClockJudge();
    const forged = now + 61 * second;
    expect(judge.judge(forged, null, now)).toEqual({ commitUs: us(now), sessionMs: forged });
    // It proves nothing about the next one.
    expect(judge.judge(now - 2 * hour, null, now).sessionMs).toBeNull();
  });

  it("cannot have committed long before what it committed earlier", () => {
    const judge = createSessionClockJudge();
    judge.judge(now - 10 * second, null, now);
    expect(judge.judge(now - 10 * second - hour, null, now).sessionMs).toBeNull();
    const forged = now - 11 * second - hour;
    expect(judge.judge(forged, null, now)).toEqual({ commitUs: us(now), sessionMs: forged });
  });

  it("cannot have committed long before it began the log file", () => {
    const judge = createSessionClockJudge();
    judge.fileBegan(now - 5 * second, now);
    expect(judge.judge(1_000_000_000_000, null, now).sessionMs).toBe(1_000_000_000_000);
  });

  it("may have begun a log file in a session of a forged clock, which then proves nothing", () => {
    const judge = createSessionClockJudge();
    judge.fileBegan(now + 24 * hour, now);
    expect(judge.judge(now, null, now).sessionMs).toBeNull();
  });
});
