// serve/http: what is made piece by piece -> the body of a response, at the pace of who reads it. Tells once that it ended,
// however it did: read to the end, broken off, or never begun (a generator that was not started would not tell).

export function toResponseStream(
  pieces: AsyncIterable<Uint8Array | string>,
  onEnd: () => void,
): ReadableStream<Uint8Array> {
  const iterator = pieces[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  let ended = false;
  const end = (): void => {
    if (!ended) onEnd();
    ended = true;
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await iterator.next();
          if (done !== true) {
            controller.enqueue(typeof value === "string" ? encoder.encode(value) : value);
            return;
          }
          end();
          controller.close();
        } catch (error) {
          end();
          throw error;
        }
      },
      async cancel() {
        end();
        await iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}
