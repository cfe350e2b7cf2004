// serve/cli: `auditctl rules check`. Every mistake in every pack, before anything runs with them.
import { Command, Option } from "clipanion";
import { exitStatus } from "../../model/app-error.ts";
import type { RuleFile } from "../../pipeline/rule-files.ts";
import { RulesCommand } from "./rules-command.ts";
import { createPaint, plural, printable } from "./terminal.ts";

export class RulesCheckCommand extends RulesCommand {
  static override paths = [["rules", "check"]];
  static override usage = Command.Usage({
    description: "Find every mistake in rule packs, each with file, line, column and a suggestion.",
    details:
      "Reads the files and nothing else. Packs are also checked against each other, in the order given. Exit status 7 when there is a mistake.",
    examples: [
      ["Check a pack", "auditctl rules check ./my-pack.yaml"],
      ["Check the packs of the config file together", "auditctl rules check"],
    ],
  });

  packs = Option.Rest({ name: "packs" });

  protected override async run(): Promise<number> {
    // Loaded here, not above: the expression language costs the other commands time.
    const { readRuleFiles } = await import("../../pipeline/rule-files.ts");
    const files = readRuleFiles(this.packNames(this.packs));
    const ok = files.every(({ pack }) => pack !== null);
    if (this.json) this.printJson({ ok, packs: files.map(summarize) });
    else for (const file of files) this.show(file);
    return ok ? 0 : exitStatus.rules;
  }

  private show(file: RuleFile): void {
    const paint = createPaint(this.context.stdout);
    const { pack, version, rules, examples, mistakes } = summarize(file);
    for (const mistake of mistakes) this.print(`${paint("red", "error")} ${printable(mistake, 4_000)}`);
    if (mistakes.length > 0) return;
    const counts = `${plural(rules, "rule")}, ${plural(examples, "example")}`;
    this.print(`${paint("green", "ok")}    ${printable(file.name)}: pack ${pack} version ${version}, ${counts}`);
  }
}

function summarize({ name, hash, pack, mistakes }: RuleFile) {
  const rules = pack?.rules ?? [];
  const examples = rules.reduce((sum, rule) => sum + rule.examples.length, 0);
  return {
    file: name,
    hash,
    ok: pack !== null,
    pack: pack?.pack ?? null,
    version: pack?.version ?? null,
    rules: rules.length,
    examples,
    mistakes,
  };
}
