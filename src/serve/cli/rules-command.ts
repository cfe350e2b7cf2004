// serve/cli: what the commands of `auditctl rules` share: which packs are meant.
import { Option } from "clipanion";
import { AppError } from "../../model/app-error.ts";
import type { ConfigKey } from "../../model/config.ts";
import { configSchema } from "../../model/config.ts";
import { BaseCommand, definedOnly } from "./base-command.ts";

/** Packs from `--rules`, the environment or the config file, as for `run`. */
export abstract class RulesCommand extends BaseCommand {
  rules = Option.String("--rules", { description: configSchema.shape.rules.description ?? "" });

  protected override flags(): Partial<Record<ConfigKey, string>> {
    return definedOnly({ ...super.flags(), rules: this.rules });
  }

  /** @throws usage.argument when no pack is named */
  protected packNames(named: readonly string[] = []): readonly string[] {
    const names = named.length > 0 ? named : this.loadConfig().rules;
    if (names.length > 0) return names;
    throw new AppError("usage.argument", "no rule pack is named", {
      hint: "Name files or packs, for example `auditctl rules check ./my-pack.yaml`, or set `rules` in the config file.",
    });
  }
}
