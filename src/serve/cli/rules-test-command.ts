// serve/cli: `auditctl rules test`. Runs the examples that rule packs carry.
import { Command, Option } from "clipanion";
import { exitStatus } from "../../model/app-error.ts";
import type { ExampleResult } from "../../pipeline/run-examples.ts";
import { RulesCommand } from "./rules-command.ts";
import { createPaint, plural, printable } from "./terminal.ts";

export class RulesTestCommand extends RulesCommand {
  static override paths = [["rules", "test"]];
  static override usage = Command.Usage({
    description: "Run the examples of rule packs: does each rule make of its rows what the example says?",
    details:
      "Needs no server and no store. An example is about its own rule. Exit status 7 when one fails, or a pack has a mistake.",
    examples: [["Test a pack", "auditctl rules test ./my-pack.yaml"]],
  });

  packs = Option.Rest({ name: "packs" });

  protected override async run(): Promise<number> {
    const { loadPacks } = await import("../../pipeline/load-rules.ts");
    const { runExamples } = await import("../../pipeline/run-examples.ts");
    const packs = loadPacks(this.packNames(this.packs));
    const results = packs.flatMap(runExamples);
    const untested = packs.flatMap(({ pack, rules }) =>
      rules.filter(({ examples }) => examples.length === 0).map(({ name }) => `${pack}/${name}`),
    );
    const failed = results.filter(({ ok }) => !ok).length;
    if (this.json) this.printJson({ ok: failed === 0, examples: results, rules_without_examples: untested });
    else this.show(results, untested, failed);
    return failed === 0 ? 0 : exitStatus.rules;
  }

  private show(results: readonly ExampleResult[], untested: readonly string[], failed: number): void {
    const paint = createPaint(this.context.stdout);
    for (const { pack, rule, example, ok, differences, notes } of results) {
      const mark = ok ? paint("green", "ok  ") : paint("red", "FAIL");
      this.print(`${mark} ${pack}/${rule}: ${printable(example)}`);
      for (const line of differences) this.print(`       ${printable(line, 1_000)}`);
      for (const line of notes) this.print(`       cannot be evaluated: ${printable(line, 1_000)}`);
    }
    for (const name of untested) this.print(`${paint("yellow", "none")} ${name}: has no example`);
    this.print(`${plural(results.length, "example")}, ${failed === 0 ? "all as they say" : `${failed} failed`}`);
  }
}
