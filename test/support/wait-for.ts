// Waits for something to become true, by asking. Fails with the last answer, so a timeout tells what it saw.
import { setTimeout as delay } from "node:timers/promises";

export async function waitFor<T>(
  what: string,
  ask: () => T | undefined | false | null | Promise<T | undefined | false | null>,
  { timeoutMs = 30_000, everyMs = 25 } = {},
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false && answer !== null) return answer;
    if (Date.now() > deadline)
      throw new Error(`waited ${timeoutMs} ms for ${what}; the last answer was ${String(answer)}`);
    await delay(everyMs);
  }
}
