// Takes the length of a plan, gives the days on which head office does this or that; takes such a day, gives the
// appointments.
import { planDiscontinuation, planNewProduct, planNewSupplier, planPriceList } from "./assortment.ts";
import type { Appointment, DayPlan } from "./appointment.ts";
import type { Company } from "./company.ts";
import { planDeparture, planHiring, planPasswordReset, planRoleChange } from "./personnel.ts";
import type { PlannedTransaction } from "./planned-transaction.ts";
import { createRandom } from "./random.ts";
import type { Random } from "./random.ts";

interface OfficeTask {
  name: string;
  /** Days between one and the next, from … to. */
  gap: readonly [number, number];
  plan: (company: Company, at: string, random: Random) => PlannedTransaction | null;
}

const tasks: readonly OfficeTask[] = [
  { name: "roles", gap: [2, 4], plan: (company, _at, random) => planRoleChange(company, random) },
  { name: "passwords", gap: [1, 3], plan: planPasswordReset },
  { name: "hiring", gap: [4, 9], plan: planHiring },
  { name: "departures", gap: [5, 11], plan: (company, _at, random) => planDeparture(company, random) },
  { name: "prices", gap: [1, 3], plan: planPriceList },
  { name: "new products", gap: [4, 10], plan: planNewProduct },
  { name: "discontinued products", gap: [9, 18], plan: planDiscontinuation },
  { name: "new suppliers", gap: [12, 25], plan: (company, at) => planNewSupplier(company, at) },
];

/** The days of each task. The first is day 2, or day 1 of a one-day plan: however short, it has one of each to look at. */
export function officeDays(seed: number, days: number): ReadonlyMap<string, ReadonlySet<number>> {
  return new Map(
    tasks.map(({ name, gap }) => {
      const random = createRandom(seed, "days", name);
      const chosen = new Set<number>();
      for (let day = Math.min(2, days); day <= days; day += random.int(...gap)) chosen.add(day);
      return [name, chosen];
    }),
  );
}

/** In the first two hours after the doors open. */
export function officeAppointments(
  company: Company,
  { day, hours }: DayPlan,
  daysOf: ReadonlyMap<string, ReadonlySet<number>>,
): Appointment[] {
  return tasks
    .filter(({ name }) => daysOf.get(name)?.has(day))
    .map(({ name, plan }) => {
      const random = createRandom(company.seed, name, day);
      return { second: hours.opens * 3600 + random.int(0, 7200), plan: (at) => plan(company, at, random) };
    });
}
