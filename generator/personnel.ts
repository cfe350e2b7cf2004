// Takes the company, gives what happens to its people: hired, promoted, given a new password, let go.
// Head office's ADMIN signs all of it. A branch keeps at least one MANAGER and somebody to sell.
import { adminOf, createUser, demoPasswordHash } from "./company.ts";
import type { Role } from "./catalogue.ts";
import type { Branch, Company } from "./company.ts";
import type { PlannedTransaction, UserRow } from "./planned-transaction.ts";
import type { Random } from "./random.ts";

const staffMin = 5;

export function planHiring(company: Company, at: string, random: Random): PlannedTransaction {
  const branch = random.pick(company.branches);
  const user = createUser(company, branch.row.branchId, random.chance(0.8) ? "CASHIER" : "PHARMACIST", at);
  branch.staff.push(user);
  return { kind: "user-created", user: { ...user }, createdBy: adminOf(company).userId };
}

/** Null when every branch needs everyone it has. */
export function planDeparture(company: Company, random: Random): PlannedTransaction | null {
  const branches = company.branches.filter(({ staff }) => staff.length > staffMin && staff.some(mayLeave));
  if (branches.length === 0) return null;
  const branch = random.pick(branches);
  const user = random.pick(branch.staff.filter(mayLeave));
  branch.staff = branch.staff.filter((other) => other !== user);
  return { kind: "user-deactivated", userId: user.userId, changedBy: adminOf(company).userId };
}

export function planPasswordReset(company: Company, at: string, random: Random): PlannedTransaction {
  const user = random.pick(random.pick(company.branches).staff);
  user.passwordHash = demoPasswordHash(company, user.username, at);
  const { userId, passwordHash } = user;
  return { kind: "password-reset", userId, passwordHash, changedBy: adminOf(company).userId };
}

/** Promotes or demotes one person by one step. */
export function planRoleChange(company: Company, random: Random): PlannedTransaction {
  const branch = random.pick(company.branches);
  const user = random.pick(branch.staff.filter((candidate) => nextRoles(branch, candidate).length > 0));
  return changeRole(user, random.pick(nextRoles(branch, user)), adminOf(company).userId);
}

export function changeRole(user: UserRow, role: Role, changedBy: number): PlannedTransaction {
  user.role = role;
  return { kind: "role-change", userId: user.userId, role, changedBy };
}

function mayLeave({ role }: UserRow): boolean {
  return role === "CASHIER" || role === "PHARMACIST";
}

function nextRoles(branch: Branch, user: UserRow): Role[] {
  if (user.role === "CASHIER") return ["PHARMACIST"];
  if (user.role === "PHARMACIST") return ["CASHIER", "MANAGER"];
  const managers = branch.staff.filter(({ role }) => role === "MANAGER").length;
  return user.role === "MANAGER" && managers > 1 ? ["PHARMACIST"] : [];
}
