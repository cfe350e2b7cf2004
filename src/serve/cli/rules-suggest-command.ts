// serve/cli: `auditctl rules suggest`. A first rule pack from the schema of one's own database.
import { writeFileSync } from "node:fs";
import { Command, Option } from "clipanion";
import { AppError } from "../../model/app-error.ts";
import type { Config } from "../../model/config.ts";
import { SourceCommand } from "./base-command.ts";
import { toSourceConnection } from "./load-config.ts";

export class RulesSuggestCommand extends SourceCommand {
  static override paths = [["rules", "suggest"]];
  static override usage = Command.Usage({
    description: "Write a first rule pack for a database, guessed from its tables, keys and foreign keys.",
    details:
      "A draft for a person to correct: entities, what is written together, what a status may become, columns to mask. Reads the structure only, " +
      "and the values of columns that look like a status where the account has SELECT on them; says where not. Changes nothing on the server.",
    examples: [
      ["Start a pack", "AUDIT_PASSWORD=… auditctl rules suggest --user reader --database shop --out shop.yaml"],
      ["What would it tell?", "auditctl rules replay --rules shop.yaml"],
    ],
  });

  database = Option.String("--database", {
    description: "Its name. Default: the one in `databases`, where there is one.",
  });
  out = Option.String("--out", {
    description: "File to write; one that is there is not overwritten. Default: standard output.",
  });

  protected override async run(): Promise<number> {
    const config = this.loadConfig();
    const database = this.database ?? onlyDatabase(config);
    const { readSourceSchema } = await import("../../capture/schema-reader.ts");
    const { draftPack } = await import("../../infer/draft-pack.ts");
    const { parseRulePack } = await import("../../infer/rule-pack.ts");
    const schema = await readSourceSchema(toSourceConnection(config), database);
    const text = draftPack(schema);
    const { pack, entities, rules } = parseRulePack(text, this.out ?? "(draft)");
    if (this.out !== undefined) writeNew(this.out, text);
    const counts = { tables: Object.keys(entities).length, rules: rules.length };
    if (this.json) this.printJson({ pack, ...counts, notes: schema.notes, out: this.out ?? null, text });
    else if (this.out === undefined) this.context.stdout.write(text);
    else
      this.print(
        `${this.out}: ${counts.tables} tables, ${counts.rules} rules. A draft: read it, then try it with \`auditctl rules replay --rules ${this.out}\`.`,
      );
    return 0;
  }
}

/** @throws usage.argument */
function onlyDatabase({ databases }: Config): string {
  const [database] = databases;
  if (database !== undefined && databases.length === 1) return database;
  throw new AppError("usage.argument", "no database is named", { hint: "For example --database shop" });
}

/** @throws usage.argument where there is such a file, or it cannot be written */
function writeNew(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: "wx" });
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === "EEXIST";
    throw new AppError("usage.argument", `--out ${path}: ${exists ? "is there already" : (error as Error).message}`, {
      hint: exists
        ? "Give another name, or move it away: somebody may have worked on it."
        : "Check the path and its permissions.",
      cause: error,
    });
  }
}
