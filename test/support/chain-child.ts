// Puts waiting questions to a model into the chain of the store that it is given, as a process of its own: to be killed at it.
import { systemClock } from "../../src/lib/clock.ts";
import { createLogger } from "../../src/lib/logger.ts";
import { chainModelCalls } from "../../src/pipeline/chain-model-calls.ts";
import { openStore } from "../../src/store/open-store.ts";

using store = openStore(process.argv[2]!);
chainModelCalls({ store, clock: systemClock, log: createLogger("info"), timeoutMs: 60_000 });
