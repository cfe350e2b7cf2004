// serve/cli: Ctrl-C and SIGTERM -> an AbortSignal, for commands that end in order. Once: a second one ends the process as usual.

export interface StopOnSignal extends Disposable {
  signal: AbortSignal;
  /** Stops for another reason. */
  abort(): void;
}

export function stopOnSignal(): StopOnSignal {
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  process.once("SIGINT", abort).once("SIGTERM", abort);
  return {
    signal: stop.signal,
    abort,
    [Symbol.dispose]: () => void process.off("SIGINT", abort).off("SIGTERM", abort),
  };
}
