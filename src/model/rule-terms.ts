// What rule packs say about how their events are told of: what people call them, and which payload fields say where and how much.
export type Label = { en: string; es?: string | undefined } | null;

export interface EventTerms {
  label: Label;
  /** Payload fields; null where the pack names none. */
  branch: string | null;
  amount: string | null;
}

export interface WatchTerms {
  label: Label;
  /** Name of the detector; docs/anomalies.md has them. */
  detector: string;
}

export interface RuleTerms {
  /** By type of business event. */
  events: ReadonlyMap<string, EventTerms>;
  /** By kind of anomaly, which is the name of its watch. */
  watches: ReadonlyMap<string, WatchTerms>;
}
