// What the script of an anomaly is made of, and the record it keeps of itself.
import type { Anomaly, AnomalyKind } from "./anomaly.ts";
import type { Appointment, DayPlan } from "./appointment.ts";
import type { Branch, Company } from "./company.ts";
import type { PlannedTransaction } from "./planned-transaction.ts";
import type { Random } from "./random.ts";

export interface AnomalyScript {
  /** How many days it goes on. */
  days: number;
  /** Null when the company as it stands has nothing for it. */
  start: (company: Company, day: DayPlan, random: Random) => AnomalyRun | null;
}

export interface AnomalyRun {
  record: AnomalyRecord;
  /** What it adds to a day, the first included. */
  appointments: (day: DayPlan) => Appointment[];
  /** Times the ordinary sales of a branch. */
  salesFactor?: (branch: Branch) => number;
}

/** One that has sold something, if there is any: not one that opens today. */
export function tradingBranch({ branches }: Company, random: Random): Branch {
  const trading = branches.filter(({ recentSales }) => recentSales.length > 0);
  return random.pick(trading.length > 0 ? trading : branches);
}

export class AnomalyRecord {
  readonly #kind: AnomalyKind;
  readonly #description: string;
  readonly #keys = new Map<string, Set<number>>();
  #from: string | undefined;
  #to = "";

  constructor(kind: AnomalyKind, description: string) {
    this.#kind = kind;
    this.#description = description;
  }

  /** Notes that something was done and to which rows; gives the transaction back. */
  note<Planned extends PlannedTransaction | null>(
    planned: Planned,
    at: string,
    keys: (planned: NonNullable<Planned>) => Record<string, number[]>,
  ): Planned {
    if (planned) this.noteRows(at, keys(planned));
    return planned;
  }

  noteRows(at: string, keys: Record<string, number[]>): void {
    this.#from ??= at;
    this.#to = at;
    for (const [table, ids] of Object.entries(keys)) {
      const known = this.#keys.get(table) ?? new Set();
      this.#keys.set(table, known);
      for (const id of ids) known.add(id);
    }
  }

  /** Undefined when nothing came of it. */
  anomaly(): Anomaly | undefined {
    if (this.#from === undefined) return undefined;
    const keys = Object.fromEntries([...this.#keys].map(([table, ids]) => [table, [...ids]]));
    return { kind: this.#kind, from: this.#from, to: this.#to, keys, description: this.#description };
  }
}
