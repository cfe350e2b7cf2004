// The kinds of wrongdoing and accident the generator can play into ordinary trade, and what it tells of each.

export const anomalyKinds = [
  "shrinkage",
  "after-hours",
  "refund-ring",
  "price-tampering",
  "role-escalation",
  "mass-deletion",
  "branch-spike",
  "branch-collapse",
  "duplicate-sales",
  "lost-transfer",
] as const;

export type AnomalyKind = (typeof anomalyKinds)[number];

export interface Anomaly {
  kind: AnomalyKind;
  /** Business time of the first and the last row change, UTC: "2026-01-05 22:30:00". */
  from: string;
  to: string;
  /** Table to primary keys of the rows that show it. */
  keys: Record<string, number[]>;
  description: string;
}
