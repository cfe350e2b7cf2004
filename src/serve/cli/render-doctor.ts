// serve/cli: what was found of a server -> lines for a terminal. `doctor` and `init` show the same.
import type { AccountsReport } from "../../capture/account-source.ts";
import type { PreflightReport } from "../../capture/preflight.ts";
import { type createPaint, printable } from "./terminal.ts";

export function renderDoctor(
  report: PreflightReport,
  accounts: AccountsReport,
  paint: ReturnType<typeof createPaint>,
): string[] {
  const { flavor, version, address } = report.identity;
  const lines = [`${address}: ${flavor === "mysql" ? "MySQL" : "MariaDB"} ${printable(version)}`];
  for (const check of report.checks) {
    const mark = check.ok ? paint("green", "ok  ") : paint("red", "FAIL");
    lines.push(`  ${mark} ${check.name}: ${check.ok ? printable(check.found) : check.problem}`);
    if (check.fix !== null) lines.push(`       fix: ${check.fix}`);
  }
  const found = accounts.readable
    ? "can be read"
    : "cannot be read, so who made a change is known from tags and columns alone";
  lines.push(`  info accounts behind connections (optional): ${found}`);
  if (accounts.grant !== null) lines.push(`       if you want them: ${accounts.grant}`);
  for (const limit of report.limits) lines.push(`  ${paint("yellow", "LIMIT")} ${printable(limit, 2_000)}`);
  return lines;
}
