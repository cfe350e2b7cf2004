// serve/cli: `auditctl rules list`. Which rules the packs hold.
import { Command, Option } from "clipanion";
import { RulesCommand } from "./rules-command.ts";
import { plural, printable } from "./terminal.ts";

export class RulesListCommand extends RulesCommand {
  static override paths = [["rules", "list"]];
  static override usage = Command.Usage({
    description: "List the rules of packs: the type of their events, label, version and number of examples.",
    examples: [
      ["The rules of the shipped pack", "auditctl rules list pharmacy"],
      ["The rules that `run` would use", "auditctl rules list"],
    ],
  });

  packs = Option.Rest({ name: "packs" });

  protected override async run(): Promise<number> {
    const { loadPacks } = await import("../../pipeline/load-rules.ts");
    const packs = loadPacks(this.packNames(this.packs));
    const rules = packs.flatMap((pack) =>
      pack.rules.map(({ name, version, type, label, description, confidence, examples }) => ({
        pack: pack.pack,
        name,
        version,
        type,
        label: label ?? null,
        description: description ?? null,
        confidence,
        examples: examples.length,
      })),
    );
    if (this.json) {
      this.printJson({
        packs: packs.map(({ pack, version, database = null }) => ({ pack, version, database })),
        rules,
      });
      return 0;
    }
    const width = Math.max(0, ...rules.map(({ pack, name }) => pack.length + name.length + 1));
    for (const { pack, name, version, type, label, examples } of rules) {
      const names = label === null ? "no label" : Object.values(label).join(" / ");
      this.print(
        `${`${pack}/${name}`.padEnd(width)}  v${version}  ${type}  ${printable(names)}  ${plural(examples, "example")}`,
      );
    }
    this.print(`${plural(rules.length, "rule")} in ${plural(packs.length, "pack")}`);
    return 0;
  }
}
