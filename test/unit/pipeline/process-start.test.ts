// When this process began, by a clock that is set while it runs: what it wrote is never taken for an earlier process's.
import { expect, it } from "vitest";
import { trackProcessStart } from "../../../src/pipeline/process-start.ts";
import { holdClock } from "../../support/alerts.ts";

it("is not later than what was written before or after the clock was set", () => {
  const clock = holdClock();
  let up = 5_000;
  const pass = (ms: number): void => {
    clock.pass(ms);
    up += ms;
  };
  const startedAt = trackProcessStart(clock, () => up);
  const began = clock.now() - 5_000;
  expect(startedAt()).toBe(began);
  pass(60_000);
  expect(startedAt()).toBe(began);
  // An hour back: what is written now comes before the start as it was.
  clock.pass(-3_600_000);
  expect(clock.now()).toBeLessThan(began);
  expect(startedAt()).toBe(began - 3_600_000);
  // Two hours forward: what was written until now is not of an earlier process.
  clock.pass(7_200_000);
  expect(startedAt()).toBe(began - 3_600_000);
});
