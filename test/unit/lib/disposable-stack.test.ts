// The stacks for Node.js 22 do as those of newer versions; and whoever makes one has them there.
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { AsyncStack, SyncStack } from "../../../src/lib/disposable-stack.ts";
import { readSources } from "../../tidy/rules.ts";

describe.each([
  ["of newer versions", globalThis.DisposableStack, globalThis.AsyncDisposableStack],
  ["for Node.js 22", SyncStack, AsyncStack],
])("the stacks %s", (_whose, Sync, Async) => {
  test("end in reverse order, all of them, also when one throws", () => {
    const told: string[] = [];
    const stack = new Sync();
    stack.defer(() => told.push("first"));
    stack.adopt("second", (value) => void told.push(value));
    stack.use({ [Symbol.dispose]: () => void told.push("third") });
    stack.use(null);
    stack.defer(() => {
      throw new Error("it breaks");
    });
    expect(() => stack.dispose()).toThrow("it breaks");
    stack.dispose();
    expect([told, stack.disposed]).toEqual([["third", "second", "first"], true]);
    expect(() => stack.defer(() => {})).toThrow(ReferenceError);
    expect(() => stack.move()).toThrow(ReferenceError);
  });

  test("of several errors throw the last one with those before it", async () => {
    const throwing = (message: string) => () => {
      throw new Error(message);
    };
    const stack = new Sync();
    const waiting = new Async();
    for (const one of [stack, waiting]) for (const word of ["c", "b", "a"]) one.defer(throwing(word));
    // A property at a time: those of the engine's own are not enumerable.
    const describeError = (thrown: unknown): string => {
      const { name, message, error, suppressed } = thrown as SuppressedError;
      return name === "Error" ? message : `${name}(${describeError(error)}, ${describeError(suppressed)})`;
    };
    const told = [(async () => stack.dispose())(), waiting.disposeAsync()].map((end) => end.catch(describeError));
    const all = "SuppressedError(c, SuppressedError(b, a))";
    expect(await Promise.all(told)).toEqual([all, all]);
  });

  test("move what they hold", async () => {
    const told: string[] = [];
    {
      using stack = new Sync();
      stack.defer(() => told.push("a"));
      stack.defer(() => told.push("b"));
      const moved = stack.move();
      expect(stack.disposed).toBe(true);
      moved.dispose();
    }
    {
      await using stack = new Async();
      stack.use({ [Symbol.asyncDispose]: async () => void told.push("c") });
      stack.use({ [Symbol.dispose]: () => void told.push("d") });
      stack.defer(async () => void told.push("e"));
    }
    expect(told).toEqual(["b", "a", "e", "d", "c"]);
  });
});

test("every file that makes one imports them", () => {
  const makers = readSources(join(import.meta.dirname, "..", "..", ".."), ["src"]).filter(({ text }) =>
    /new (?:Async)?DisposableStack\(/.test(text),
  );
  expect(makers.length).toBeGreaterThan(3);
  expect(makers.filter(({ text }) => !/^import ".*\/lib\/disposable-stack\.ts";$/m.test(text))).toEqual([]);
});
