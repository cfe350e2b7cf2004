// serve/cli: `auditctl snapshot`. Stores the rows of chosen tables as they stand, so that old entities have a beginning.
import { Command, Option } from "clipanion";
import { systemClock } from "../../lib/clock.ts";
import { packageVersion } from "../../lib/package-root.ts";
import { AppError, exitStatus } from "../../model/app-error.ts";
import { type ConfigKey, configSchema } from "../../model/config.ts";
import type { SnapshotReport } from "../../pipeline/take-snapshot.ts";
import { definedOnly, parseCount, SourceCommand } from "./base-command.ts";
import { openStopped } from "./open-stopped.ts";
import { toSourceConnection } from "./load-config.ts";
import { createProgress } from "./progress.ts";
import { createPaint, plural, printable, shortTime } from "./terminal.ts";
import { stopOnSignal } from "./stop-on-signal.ts";

const inUseCure = "Stop `auditctl run`, take the snapshot, start it again: it resumes where it was, nothing is missed.";

export class SnapshotCommand extends SourceCommand {
  static override paths = [["snapshot"]];
  static override usage = Command.Usage({
    description:
      "Store the rows of chosen tables as they stand, in one consistent read, so that the trace of an old entity is not empty.",
    details:
      "Run it while `run` is stopped: a store has one writer. The account needs SELECT on the tables, `run` does not. Give the same rule packs as to `run`: " +
      "they name the entities and mask columns. Stopped or killed, the same command goes on after the last stored chunk. " +
      "Exit status 1 when it was stopped before the end.",
    examples: [
      [
        "Begin a trail with two tables",
        "AUDIT_PASSWORD=… auditctl snapshot --user audit_snapshot --rules pharmacy --tables pharmacy.products,pharmacy.users",
      ],
      [
        "A whole database, gently",
        "auditctl snapshot --config audit-overlay.yaml --tables 'pharmacy.*' --rows-per-second 1000",
      ],
    ],
  });

  tables = Option.String("--tables", {
    required: true,
    description: "Tables to read, separated by commas: `database.table`, or `database.*` for all of one.",
  });
  rules = Option.String("--rules", { description: configSchema.shape.rules.description ?? "" });
  rowsPerSecond = Option.String("--rows-per-second", "5000", {
    description: "Rows to read per second, at most, to spare the server. 0: as fast as it goes.",
  });
  chunkRows = Option.String("--chunk-rows", "1000", {
    description: "Rows in one entry of the ledger, which is also what a kill can cost.",
  });
  again = Option.Boolean("--again", false, { description: "Take a new snapshot of tables that have one." });

  protected override flags(): Partial<Record<ConfigKey, string>> {
    return definedOnly({ ...super.flags(), rules: this.rules });
  }

  protected override async run(): Promise<number> {
    const config = this.loadConfig();
    const tables = parseTables(this.tables, config.databases);
    const rowsPerSecond = parseCount("--rows-per-second", this.rowsPerSecond, 0, 100_000_000);
    const chunkRows = parseCount("--chunk-rows", this.chunkRows, 1, 100_000);
    const { takeSnapshot } = await import("../../pipeline/take-snapshot.ts");
    const { loadRules } = await import("../../pipeline/load-rules.ts");
    const { createLogger } = await import("../../lib/logger.ts");
    const { mapping } = loadRules(config.rules, createLogger(config.log_level, "rules"));
    const connection = toSourceConnection(config);
    using store = openStopped(config.store, inUseCure);
    using stop = stopOnSignal();
    const progress = createProgress("reading", "rows (estimated)", this.context.stderr, !this.json);
    try {
      const options = { config, connection, mapping, store, tables, rowsPerSecond, chunkRows, again: this.again };
      const report = await takeSnapshot({
        ...options,
        version: packageVersion,
        onProgress: progress.update,
        clock: systemClock,
        signal: stop.signal,
      });
      progress.stop();
      if (this.json) this.printJson({ ...report, store: config.store });
      else this.show(report);
      return report.complete ? 0 : exitStatus.failure;
    } finally {
      progress.stop();
    }
  }

  private show({ tables, anchor, complete }: SnapshotReport): void {
    const paint = createPaint(this.context.stdout);
    const words = {
      complete: paint("green", "had one"),
      taken: paint("green", "taken"),
      unfinished: paint("yellow", "unfinished"),
    };
    for (const { table, outcome, rows, resumable } of tables) {
      const note = outcome === "unfinished" && !resumable ? "; it has no key to go on along and will be read anew" : "";
      this.print(`  ${words[outcome].padEnd(12)} ${printable(table)}: ${plural(rows, "row")}${note}`);
    }
    if (anchor !== null) {
      const exact = anchor.gtid_set === anchor.gtid_set_max;
      this.print(
        `as of ${shortTime(anchor.read_at)}, ${exact ? "exactly" : "no older than"} ${anchor.gtid_set || "(the beginning)"}`,
      );
    }
    if (!complete) this.print("Stopped before the end. The same command goes on from here.");
    else if (anchor === null) this.print("Every table has its snapshot already; --again takes a new one.");
    else this.print("Complete. `auditctl run` goes on with the log.");
  }
}

/** @throws usage.argument */
function parseTables(text: string, databases: readonly string[]): string[] {
  const tables = text
    .split(",")
    .map((item) => item.trim())
    .filter(Boolean);
  const refuse = (message: string, hint: string): never => {
    throw new AppError("usage.argument", message, { hint });
  };
  if (tables.length === 0)
    refuse("--tables names no table", "For example --tables pharmacy.products,pharmacy.users or 'pharmacy.*'");
  for (const table of tables) {
    const [database = "", name = ""] = table.split(/\.(.*)/s);
    if (database === "" || name === "")
      refuse(`--tables ${table}: must be database.table or database.*`, "For example --tables pharmacy.products");
    if (databases.length > 0 && !databases.includes(database)) {
      refuse(
        `--tables ${table}: ${database} is not among the databases that are audited`,
        "Its later changes would be missing. Add it to the setting `databases`.",
      );
    }
  }
  return tables;
}
