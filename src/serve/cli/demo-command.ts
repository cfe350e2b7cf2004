// serve/cli: `auditctl demo`. Starts the demo program, which gets a server, plays trade into it and shows the trail.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Command, Option } from "clipanion";
import { packageRoot } from "../../lib/package-root.ts";
import { AppError, exitStatus } from "../../model/app-error.ts";
import { BaseCommand } from "./base-command.ts";

export class DemoCommand extends BaseCommand {
  static override paths = [["demo"]];
  static override usage = Command.Usage({
    description: "Get a private MySQL, play two weeks of a pharmacy's trade, and show the trail of it.",
    details:
      "Its server comes from Docker, from what is installed, or on Debian and Ubuntu from a download, once. " +
      "Ends by itself and leaves the store; with `--keep` server and capture stay.",
    examples: [
      ["The demo", "auditctl demo"],
      ["Leave it running to look around", "auditctl demo --keep"],
      ["On MariaDB, four weeks", "auditctl demo --flavor mariadb --days 28"],
    ],
  });

  keep = Option.Boolean("--keep", false, { description: "Leave server and capture running until Ctrl-C." });
  flavor = Option.String("--flavor", "mysql", { description: "`mysql` or `mariadb`." });
  days = Option.String("--days", "14", { description: "Days of trade to play." });
  seed = Option.String("--seed", "42", { description: "Seed of the trade: the same seed plays the same days." });

  protected override async run(): Promise<number> {
    // The demo is a program of its own: nothing that runs in production imports a generator or starts servers.
    const program = [join(packageRoot, "scripts", "demo.ts"), join(packageRoot, "dist", "scripts", "demo.js")].find(
      existsSync,
    );
    if (program === undefined) {
      throw new AppError("demo.failed", "this installation has no demo program", {
        hint: "Install audit-overlay again, or run `npm run demo` in a clone of the project.",
      });
    }
    const { keep, json, flavor, days, seed } = this;
    const args = [
      "--flavor",
      flavor,
      "--days",
      days,
      "--seed",
      seed,
      ...(keep ? ["--keep"] : []),
      ...(json ? ["--json"] : []),
    ];
    if (this.store !== undefined) args.push("--store", this.store);
    const child = spawn(process.execPath, [program, ...args], { stdio: "inherit" });
    // Ctrl-C reaches the child by itself; this process only waits for it to finish.
    const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
    process.on("SIGINT", () => {});
    process.on("SIGTERM", forward);
    return await new Promise((resolve) => child.once("exit", (code) => resolve(code ?? exitStatus.failure)));
  }
}
