// serve/cli: the first word of a command line -> the classes of its commands, loaded when asked for: a start reads only what it runs.
import type { CommandClass } from "clipanion";

/** In the order in which `--help` shows them. */
const families = {
  run: async () => [(await import("./run-command.ts")).RunCommand],
  serve: async () => [(await import("./serve-command.ts")).ServeCommand],
  snapshot: async () => [(await import("./snapshot-command.ts")).SnapshotCommand],
  ingest: async () => [(await import("./ingest-command.ts")).IngestCommand],
  status: async () => [(await import("./status-command.ts")).StatusCommand],
  init: async () => [(await import("./init-command.ts")).InitCommand],
  doctor: async () => [(await import("./doctor-command.ts")).DoctorCommand],
  trace: async () => [(await import("./trace-command.ts")).TraceCommand],
  events: async () => [
    (await import("./events-list-command.ts")).EventsListCommand,
    (await import("./events-show-command.ts")).EventsShowCommand,
    (await import("./events-tail-command.ts")).EventsTailCommand,
  ],
  search: async () => [(await import("./search-command.ts")).SearchCommand],
  summary: async () => [(await import("./summary-command.ts")).SummaryCommand],
  anomalies: async () => [
    (await import("./anomalies-command.ts")).AnomaliesCommand,
    (await import("./anomalies-mark-command.ts")).AnomaliesMarkCommand,
  ],
  explain: async () => [(await import("./explain-command.ts")).ExplainCommand],
  detect: async () => [(await import("./detect-command.ts")).DetectCommand],
  alerts: async () => [
    (await import("./alerts-list-command.ts")).AlertsListCommand,
    (await import("./alerts-test-command.ts")).AlertsTestCommand,
    (await import("./alerts-replay-command.ts")).AlertsReplayCommand,
  ],
  export: async () => [(await import("./export-command.ts")).ExportCommand],
  verify: async () => [(await import("./verify-command.ts")).VerifyCommand],
  backup: async () => [(await import("./backup-command.ts")).BackupCommand],
  restore: async () => [(await import("./restore-command.ts")).RestoreCommand],
  token: async () => {
    const { TokenCreateCommand, TokenListCommand, TokenRevokeCommand } = await import("./token-command.ts");
    return [TokenCreateCommand, TokenListCommand, TokenRevokeCommand];
  },
  access: async () => [(await import("./access-command.ts")).AccessCommand],
  mcp: async () => [
    (await import("./mcp-command.ts")).McpCommand,
    (await import("./mcp-install-command.ts")).McpInstallCommand,
  ],
  rules: async () => [
    (await import("./rules-list-command.ts")).RulesListCommand,
    (await import("./rules-check-command.ts")).RulesCheckCommand,
    (await import("./rules-test-command.ts")).RulesTestCommand,
    (await import("./rules-explain-command.ts")).RulesExplainCommand,
    (await import("./rules-replay-command.ts")).RulesReplayCommand,
    (await import("./rules-suggest-command.ts")).RulesSuggestCommand,
  ],
  config: async () => [(await import("./config-show-command.ts")).ConfigShowCommand],
  completion: async () => [(await import("./completion-command.ts")).CompletionCommand],
  demo: async () => [(await import("./demo-command.ts")).DemoCommand],
} satisfies Record<string, () => Promise<CommandClass[]>>;

/** Those that the words can mean. The script of `completion` holds every command; so does a `--help` without a command. */
export async function loadCommands([first = ""]: readonly string[]): Promise<CommandClass[]> {
  if (first === "--version" || first === "-v") return [];
  const isOneFamily = Object.hasOwn(families, first) && first !== "completion";
  return isOneFamily ? await families[first as keyof typeof families]() : await loadAllCommands();
}

export async function loadAllCommands(): Promise<CommandClass[]> {
  const loaded = await Promise.all(Object.values(families).map((load): Promise<CommandClass[]> => load()));
  return loaded.flat();
}
