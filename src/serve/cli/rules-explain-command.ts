// serve/cli: `auditctl rules explain`. Of a stored business event: the rule, the values its conditions had, the changes it
// rests on and why. Of a rule or type: what it looks for, in plain words.
import { Command, Option } from "clipanion";
import type { EventExplanation } from "../../infer/explain-event.ts";
import { AppError } from "../../model/app-error.ts";
import { RulesCommand } from "./rules-command.ts";
import { createPaint, printable, shortTime } from "./terminal.ts";

const eventId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export class RulesExplainCommand extends RulesCommand {
  static override paths = [["rules", "explain"]];
  static override usage = Command.Usage({
    description: "Explain why a business event is in the trail, or what a rule looks for.",
    details:
      "An event, by its business_event_id, is explained by the version of the rule that inferred it, which the trail keeps. " +
      "A rule, by its name or the type of its events, is told in plain words. Exit status 8 when there is no such event.",
    examples: [
      ["Why is this event in the trail?", "auditctl rules explain 5692b516-e389-570b-8642-53a04c1f1aed"],
      ["What makes a completed sale?", "auditctl rules explain sale.completed --rules pharmacy"],
    ],
  });

  subject = Option.String({ name: "business_event_id | type | rule" });

  protected override async run(): Promise<number> {
    return eventId.test(this.subject) ? await this.explainEvent() : await this.explainRules();
  }

  private async explainRules(): Promise<number> {
    const { loadPacks } = await import("../../pipeline/load-rules.ts");
    const { describeRule } = await import("../../infer/describe-rule.ts");
    const packs = loadPacks(this.packNames());
    const rules = packs.flatMap((pack) => pack.rules.map((rule) => ({ pack: pack.pack, rule })));
    const found = rules.filter(({ pack, rule }) =>
      [rule.type, rule.name, `${pack}/${rule.name}`].includes(this.subject),
    );
    if (found.length === 0) {
      const types = [...new Set(rules.map(({ rule }) => rule.type))];
      throw new AppError("usage.argument", `no rule has the name or type ${this.subject}`, {
        hint: `Types: ${types.join(", ")}. An event is named by its business_event_id, which \`trace --json\` shows.`,
      });
    }
    const told = found.map(({ pack, rule }) => {
      const { name, version, type, label = null, description = null } = rule;
      return { pack, name, version, type, label, description, looks_for: describeRule(rule) };
    });
    if (this.json) this.printJson(told);
    for (const { pack, name, version, type, description, looks_for } of this.json ? [] : told) {
      this.print(`${type}  rule ${pack}/${name} version ${version}`);
      if (description !== null) this.print(`    ${printable(description, 500)}`);
      for (const line of looks_for) this.print(`    ${printable(line, 1_000)}`);
    }
    return 0;
  }

  private async explainEvent(): Promise<number> {
    const { explainEvent } = await import("../../infer/explain-event.ts");
    const { parseRulePack } = await import("../../infer/rule-pack.ts");
    using reader = await this.openReader();
    const { event, transaction, rule_text } = await this.recorded("explain", { id: this.subject }, async () =>
      Promise.resolve(reader.evidence(this.subject.toLowerCase()) ?? noEvent(this.subject)),
    );
    const pack = rule_text === null ? undefined : parseRulePack(rule_text, event.rule.pack);
    const earlier = event.change_events.filter(({ transaction_id }) => transaction_id !== event.transaction_id);
    const explanation = pack && explainEvent(event, pack, transaction, earlier);
    if (this.json) this.printJson({ event, explanation: explanation ?? null });
    else this.show(event, explanation);
    return 0;
  }

  private show(
    event: { type: string; entity_type: string; entity_id: string; occurred_at: string } & {
      rule: { pack: string; name: string; version: number };
    },
    explanation: EventExplanation | undefined,
  ): void {
    const paint = createPaint(this.context.stdout);
    const { type, entity_type, entity_id, occurred_at, rule } = event;
    this.print(`${paint("cyan", type)}  ${printable(`${entity_type} ${entity_id}`)}  ${shortTime(occurred_at)}`);
    this.print(`inferred by rule ${rule.pack}/${rule.name} version ${rule.version}`);
    if (explanation === undefined) {
      this.print("the trail does not hold the text of that rule; `trace` shows the changes it rests on");
      return;
    }
    for (const { part, asks, found } of explanation.parts) {
      this.print(`  ${part}: ${printable(asks, 1_000)}`);
      if (found.length === 0) this.print("    none");
      for (const { operation, source_table, entity_id: id, because } of found) {
        const values = Object.entries(because).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
        this.print(printable(`    ${operation} of ${source_table}, ${id}: ${values.join(", ")}`, 1_000));
      }
    }
    for (const [name, { expression, value }] of Object.entries(explanation.payload)) {
      this.print(printable(`  ${name} = ${JSON.stringify(value)}  from ${expression.replace(/\s+/g, " ")}`, 1_000));
    }
    if (!explanation.reproduced) this.print(paint("red", "the same changes do not give the same event again"));
  }
}

function noEvent(id: string): never {
  throw new AppError("trace.not_found", `the trail holds no business event ${id}`, {
    hint: "`auditctl trace <entity_type> <entity_id> --json` shows the business_event_id of each event.",
  });
}
