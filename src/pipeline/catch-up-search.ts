// pipeline: brings the search index up to the store before a search of this process, for as long as it may take.
import { openSearchIndexer } from "../store/search-indexer.ts";

export interface SearchCatchUp {
  /** What is not indexed by then is looked at row by row. */
  millisecondsMax: number;
  /** Called after each batch, about once a second. */
  onProgress?: (done: number, of: number) => void;
  onEnd?: () => void;
}

/** Does what it can: where the folder cannot be written, or another process is at it, a search uses what is there. */
export async function catchUpSearch(
  storePath: string,
  { millisecondsMax, onProgress, onEnd }: SearchCatchUp,
): Promise<void> {
  const until = performance.now() + millisecondsMax;
  using indexer = openSearchIndexer(storePath);
  try {
    for (;;) {
      const step = indexer.step();
      if (typeof step === "string" || step.done >= step.of) return;
      onProgress?.(step.done, step.of);
      if (performance.now() >= until) return;
      // Signals and timers have their turn between two batches.
      await new Promise((resolve) => void setImmediate(resolve));
    }
  } finally {
    onEnd?.();
  }
}
