// serve/cli: `auditctl config show`. The settings in force, and where each came from. Secrets are never shown.
import { Command } from "clipanion";
import { configSchema, secretKeys } from "../../model/config.ts";
import { settingOrigins } from "./load-config.ts";
import { QuestionCommand } from "./question-command.ts";
import { renderTable } from "./render-table.ts";
import { printable } from "./terminal.ts";

interface ShownSetting {
  setting: string;
  /** `[set]` of a secret that is. */
  value: unknown;
  /** A flag, a variable, the config file's path, or `default`. */
  origin: string;
}

export class ConfigShowCommand extends QuestionCommand {
  static override paths = [["config", "show"]];
  static override usage = Command.Usage({
    description: "Show the settings in force, and where each came from. Secrets are shown as [set].",
    examples: [
      ["What would `run` use here?", "auditctl config show"],
      ["With this file", "auditctl config show --config audit-overlay.yaml --json"],
    ],
  });

  protected override async run(): Promise<number> {
    const settings = this.shownSettings();
    if (this.json) {
      this.printJson({ settings });
      return 0;
    }
    const { words, paint } = this.voice;
    const columns = [words.table.setting, words.table.value, words.table.origin].map((title) => ({ title }));
    const rows = settings.map(({ setting, value, origin }) => [setting, asText(value), printable(origin, 300)]);
    this.printLines(
      renderTable(columns, rows, this.voice, (text, _, row) => (row[2] === "default" ? paint("dim", text) : text)),
    );
    return 0;
  }

  private shownSettings(): ShownSetting[] {
    const { settings } = this;
    const origins = settingOrigins({ flags: this.flags(), configFile: this.config, env: this.context.env });
    return Object.keys(configSchema.shape).map((key) => {
      const setting = key as keyof typeof settings;
      const value = settings[setting] ?? null;
      const isSet = value !== null && value !== "";
      const shown = secretKeys.has(setting) && isSet ? "[set]" : value;
      // Given and without a value: another way to give the same took its place.
      return { setting, value: shown, origin: value === null ? "default" : (origins.get(key) ?? "default") };
    });
  }
}

function asText(value: unknown): string {
  if (value === null) return "";
  if (Array.isArray(value)) return printable(value.join(","));
  return printable(typeof value === "string" ? value : JSON.stringify(value));
}
