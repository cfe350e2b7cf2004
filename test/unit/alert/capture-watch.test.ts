// Which states of capture are told, and which are not: nobody is paged for a connection that comes and goes.
import { describe, expect, it } from "vitest";
import { firstCaptureMemory, watchCapture, type CaptureLook } from "../../../src/alert/capture-watch.ts";
import { toTimestamp } from "../../../src/lib/clock.ts";
import type { CaptureStateName } from "../../../src/model/capture-state.ts";
import { noonMs } from "../../support/alerts.ts";

const minute = 60_000;
const hint = "do something";

/** A capture that is looked at every second, as the lane does; each step says from which second on a state holds. */
function told(
  steps: readonly [atSeconds: number, state: CaptureStateName, reason?: string | null, more?: Partial<CaptureLook>][],
  untilSeconds: number,
  { startedAtSeconds = -10, afterSeconds = 300 } = {},
): string[] {
  let memory = firstCaptureMemory;
  const alerts: string[] = [];
  for (let second = 0; second <= untilSeconds; second += 1) {
    const step = steps.findLast(([at]) => at <= second);
    const now = toTimestamp(noonMs + second * 1_000);
    let look: CaptureLook | undefined;
    if (step !== undefined) {
      const [at, state, reason = null, more = {}] = step;
      const verified = state === "RUNNING" ? now : toTimestamp(noonMs + at * 1_000);
      const since = toTimestamp(noonMs + at * 1_000);
      look = { state, since, reason, hint: reason === null ? null : hint, last_verified_at: verified, ...more };
    }
    const startedAt = toTimestamp(noonMs + startedAtSeconds * 1_000);
    const next = watchCapture(memory, look, { afterMs: afterSeconds * 1_000, startedAt, now });
    // As it is kept.
    memory = JSON.parse(JSON.stringify(next.memory)) as typeof memory;
    if (next.alert !== undefined) alerts.push(`${second} ${next.alert.type} ${next.alert.data["state"] as string}`);
  }
  return alerts;
}

describe("capture that is well", () => {
  it("is not told of", () =>
    expect(
      told(
        [
          [0, "STARTING"],
          [2, "RUNNING"],
        ],
        3_600,
      ),
    ).toEqual([]));
  it("nor when it stops because it was asked to", () =>
    expect(
      told(
        [
          [0, "RUNNING"],
          [100, "STOPPED", "asked to stop", { hint: null }],
        ],
        3_600,
      ),
    ).toEqual([]));
  it("nor when a connection flaps", () => {
    const flaps = Array.from({ length: 120 }, (_, index): [number, CaptureStateName, string | null] =>
      index % 2 === 0 ? [index * 30, "RUNNING", null] : [index * 30, "RETRYING", "connection lost"],
    );
    expect(told(flaps, 3_600)).toEqual([]);
  });
});

describe.each(["MISCONFIGURED", "BLOCKED", "GAP", "STOPPED"] as const)("%s", (state) => {
  it("is told at once, and once", () =>
    expect(
      told(
        [
          [0, "RUNNING"],
          [10, state, "why"],
        ],
        7_200,
      ),
    ).toEqual([`10 capture.needs_person ${state}`]));
  it("is told well again when it has been running for a minute", () =>
    expect(
      told(
        [
          [0, "RUNNING"],
          [10, state, "why"],
          [60, "STARTING"],
          [65, "RUNNING"],
        ],
        400,
      ),
    ).toEqual([`10 capture.needs_person ${state}`, "125 capture.recovered RUNNING"]));
});

it("says once what a service runs into again and again, whatever position it names", () => {
  const restarts = Array.from({ length: 60 }, (_, index): [number, CaptureStateName, string | null][] => [
    [index * 20, "STARTING", null],
    [index * 20 + 5, "BLOCKED", `cannot decode the event at mysql-bin.00${index}:${index * 977}`],
  ]).flat();
  expect(told(restarts, 1_200)).toEqual(["5 capture.needs_person BLOCKED"]);
});

it("tells a second fault behind the first", () =>
  expect(
    told(
      [
        [0, "BLOCKED", "an event"],
        [50, "GAP", "history is gone"],
        [90, "BLOCKED", "a checksum"],
      ],
      600,
    ),
  ).toEqual(["0 capture.needs_person BLOCKED", "50 capture.needs_person GAP", "90 capture.needs_person BLOCKED"]));

it("tells of a server that is away when it has been for as long as was set, however often the state is written anew", () => {
  const tries = Array.from({ length: 100 }, (_, index): [number, CaptureStateName, string] => [
    100 + index * 30,
    "RETRYING",
    "connection refused",
  ]);
  expect(told([[0, "RUNNING"], ...tries], 3_000)).toEqual(["400 capture.down RETRYING"]);
  expect(told([[0, "RUNNING"], ...tries, [3_100, "RUNNING"]], 3_300)).toEqual([
    "400 capture.down RETRYING",
    "3160 capture.recovered RUNNING",
  ]);
});

it("tells of a silence, though the state says that all is well", () => {
  const silent = { last_verified_at: toTimestamp(noonMs) };
  expect(told([[0, "RUNNING", null, silent]], 3_600)).toEqual(["300 capture.down RUNNING"]);
});

it("does not believe what another run left behind: neither its state nor how long ago it heard something", () => {
  const stale = { since: toTimestamp(noonMs - 90 * minute), last_verified_at: toTimestamp(noonMs - 80 * minute) };
  expect(told([[0, "GAP", "gone", stale]], 3_600)).toEqual([]);
  expect(
    told(
      [
        [0, "RUNNING", null, stale],
        [20, "STARTING", null, { last_verified_at: stale.last_verified_at }],
        [30, "RUNNING"],
      ],
      600,
    ),
  ).toEqual([]);
});

it("keeps the reason of a server on one line, without characters that act", () => {
  const look: CaptureLook = {
    state: "BLOCKED",
    since: toTimestamp(noonMs),
    reason: "bad\nevent \u202e\u001b[2J".padEnd(2_000, "x"),
    hint,
    last_verified_at: null,
  };
  const options = { afterMs: 1, startedAt: toTimestamp(noonMs), now: toTimestamp(noonMs) };
  const { alert } = watchCapture(firstCaptureMemory, look, options);
  expect(alert?.text).toMatch(/^Capture is BLOCKED and needs a person: bad event \\u202e\\u001b\[2Jx+…$/);
  expect(alert?.text.length).toBeLessThan(600);
});
