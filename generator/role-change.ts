// Takes the company, gives the days on which somebody's role changes, and the change.
import { assert } from "../src/lib/assert.ts";
import type { Role } from "./catalogue.ts";
import type { Branch, Company } from "./company.ts";
import type { PlannedTransaction, UserRow } from "./planned-transaction.ts";
import type { Random } from "./random.ts";

/** The first change comes on day 2 (day 1 of a one-day plan), the next ones two to four days apart. */
export function roleChangeDays(days: number, random: Random): Set<number> {
  const chosen = new Set<number>();
  for (let day = Math.min(2, days); day <= days; day += random.int(2, 4)) chosen.add(day);
  return chosen;
}

/** Promotes or demotes one person by one step; head office's ADMIN signs it. A branch keeps at least one MANAGER. */
export function planRoleChange(company: Company, random: Random): PlannedTransaction {
  const admin = company.branches[0]?.staff.find(({ role }) => role === "ADMIN");
  assert(admin, "head office has an ADMIN");
  const branch = random.pick(company.branches);
  const user = random.pick(branch.staff.filter((candidate) => nextRoles(branch, candidate).length > 0));
  user.role = random.pick(nextRoles(branch, user));
  return { kind: "role-change", userId: user.userId, role: user.role, changedBy: admin.userId };
}

function nextRoles(branch: Branch, user: UserRow): Role[] {
  if (user.role === "CASHIER") return ["PHARMACIST"];
  if (user.role === "PHARMACIST") return ["CASHIER", "MANAGER"];
  const managers = branch.staff.filter(({ role }) => role === "MANAGER").length;
  return user.role === "MANAGER" && managers > 1 ? ["PHARMACIST"] : [];
}
