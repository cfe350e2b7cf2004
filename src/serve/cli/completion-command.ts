// serve/cli: `auditctl completion`. Prints the completion script of a shell, made from the registered commands and their flags.
import { Command, Option } from "clipanion";
import { suggestion } from "../../infer/suggest.ts";
import { AppError } from "../../model/app-error.ts";
import { BaseCommand } from "./base-command.ts";
import { type CompletedCommand, completionScript, shells } from "./completion.ts";

export class CompletionCommand extends BaseCommand {
  static override paths = [["completion"]];
  static override usage = Command.Usage({
    description: "Print a script with which your shell completes commands and flags: bash, zsh or fish.",
    examples: [
      ["For this shell", "source <(auditctl completion bash)"],
      ["For every fish", "auditctl completion fish > ~/.config/fish/completions/auditctl.fish"],
    ],
  });

  shell = Option.String({ name: "shell" });

  protected override async run(): Promise<number> {
    const shell = shells.find((known) => known === this.shell);
    if (shell === undefined) {
      throw new AppError("usage.argument", `no completion for ${this.shell}${suggestion(this.shell, shells)}`, {
        hint: `Shells: ${shells.join(", ")}.`,
      });
    }
    const commands = this.cli.definitions().flatMap(({ path, description = "", options }): CompletedCommand[] => {
      const words = path.split(" ").slice(1).join(" ");
      if (words === "" || words.startsWith("-")) return [];
      const flags = options.map(({ definition, description: meaning = "" }) => ({
        names: (definition.split(" ")[0] ?? "").split(","),
        description: oneLine(meaning),
      }));
      return [{ words, description: oneLine(description), flags }];
    });
    const script = completionScript(shell, commands);
    if (this.json) this.printJson({ shell, script });
    else this.context.stdout.write(script);
    return 0;
  }
}

/** Clipanion wraps its texts for a terminal. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
