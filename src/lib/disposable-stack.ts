// DisposableStack and AsyncDisposableStack for Node.js 22, which has Symbol.dispose but not these: imported, for its effect, by
// every file that makes one. Newer versions have their own, and nothing is touched.

type End = () => unknown;

/** What both have in common: ends are run in the reverse order, all of them, and of several errors the last one holds the others. */
abstract class Stack {
  #ends: End[] = [];
  #disposed = false;

  get disposed(): boolean {
    return this.#disposed;
  }

  adopt<T>(value: T, end: (value: T) => unknown): T {
    this.defer(() => end(value));
    return value;
  }

  defer(end: End): void {
    this.assertOpen();
    this.#ends.push(end);
  }

  protected assertOpen(): void {
    if (this.#disposed) throw new ReferenceError("the stack is disposed already");
  }

  protected take(): End[] {
    this.#disposed = true;
    return this.#ends.splice(0).toReversed();
  }

  protected fill(ends: readonly End[]): this {
    this.#ends.push(...ends.toReversed());
    return this;
  }
}

export class SyncStack extends Stack {
  use<T extends Disposable | null | undefined>(value: T): T {
    if (value !== null && value !== undefined) this.defer(() => value[Symbol.dispose]());
    return value;
  }

  move(): SyncStack {
    this.assertOpen();
    return new SyncStack().fill(this.take());
  }

  dispose(): void {
    const errors: unknown[] = [];
    for (const end of this.take()) {
      try {
        end();
      } catch (error) {
        errors.push(error);
      }
    }
    throwErrors(errors);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

export class AsyncStack extends Stack {
  use<T extends AsyncDisposable | Disposable | null | undefined>(value: T): T {
    if (value !== null && value !== undefined)
      this.defer(() => (Symbol.asyncDispose in value ? value[Symbol.asyncDispose]() : value[Symbol.dispose]()));
    return value;
  }

  move(): AsyncStack {
    this.assertOpen();
    return new AsyncStack().fill(this.take());
  }

  async disposeAsync(): Promise<void> {
    const errors: unknown[] = [];
    for (const end of this.take()) {
      try {
        await end();
      } catch (error) {
        errors.push(error);
      }
    }
    throwErrors(errors);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.disposeAsync();
  }
}

/** As the standard has it; Node.js 22 has no SuppressedError either. */
function throwErrors(errors: readonly unknown[]): void {
  if (errors.length === 0) return;
  throw errors.reduce((suppressed, error) => {
    const all = new Error("an error was suppressed while another was handled");
    return Object.assign(all, { name: "SuppressedError", error, suppressed });
  });
}

const world = globalThis as { DisposableStack?: unknown; AsyncDisposableStack?: unknown };
world.DisposableStack ??= SyncStack;
world.AsyncDisposableStack ??= AsyncStack;
