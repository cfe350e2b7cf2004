// Killed while it tells, the program goes on where the file says: nothing is lost, half written, or told twice.
import { expect, it } from "vitest";
import { killWhileTelling } from "../support/kill-telling.ts";

it("stores the same words after kills at random moments as undisturbed", { timeout: 300_000 }, async () => {
  const { undisturbed, killed, storedAtKills } = await killWhileTelling(4, Math.random);
  expect(storedAtKills).toHaveLength(4);
  expect(undisturbed.length).toBeGreaterThan(15);
  expect(killed).toEqual(undisturbed);
});
