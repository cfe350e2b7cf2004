// serve/http: how often one reader may ask. Kept in memory: a restart forgives.
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { AppError } from "../../model/app-error.ts";

export interface RateLimits {
  /** @throws access.rate_limited */
  take(reader: string, route: string): Promise<void>;
  /** Of requests that are refused for who asks; those who may ask are not held up by them. @throws access.rate_limited */
  takeRefusal(address: string): Promise<void>;
}

/** Bursts of this long are forgiven. */
const windowSeconds = 10;
/** What one costs, in ordinary questions. Who posts sends a row at a time, and is held up by the store itself. */
const costs: Readonly<Record<string, number>> = {
  search: 2,
  summary: 5,
  feed_stream: 10,
  export: 50,
  verify: 100,
  ingest: 0,
};
const refusals = { points: 60, duration: 60 };

export function createRateLimits(requestsPerSecond: number): RateLimits {
  const points = requestsPerSecond * windowSeconds;
  const ofReader = new RateLimiterMemory({ points, duration: windowSeconds });
  const ofAddress = new RateLimiterMemory(refusals);
  return {
    take: (reader, route) =>
      take(ofReader, `${reader} ${route}`, Math.min(points, costs[route] ?? 1), "too many requests of this kind"),
    takeRefusal: (address) => take(ofAddress, address, 1, "too many requests that were refused"),
  };
}

async function take(limiter: RateLimiterMemory, key: string, points: number, message: string): Promise<void> {
  try {
    await limiter.consume(key, points);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    const seconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1_000));
    throw new AppError("access.rate_limited", message, {
      hint: `Go on in ${seconds} s. The setting rate_limit says how many requests are allowed.`,
      cause: refusal,
    });
  }
}
