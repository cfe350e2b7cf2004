// serve/cli: the command line. Takes arguments, gives an exit status.
import { isatty } from "node:tty";
import { Builtins, Cli, type Command } from "clipanion";
import { packageVersion } from "../../lib/package-root.ts";
import { suggestion } from "../../infer/suggest.ts";
import { AppError, exitStatus } from "../../model/app-error.ts";
import { AlertsListCommand } from "./alerts-list-command.ts";
import { AlertsReplayCommand } from "./alerts-replay-command.ts";
import { AlertsTestCommand } from "./alerts-test-command.ts";
import { AnomaliesCommand } from "./anomalies-command.ts";
import { AnomaliesMarkCommand } from "./anomalies-mark-command.ts";
import { CompletionCommand } from "./completion-command.ts";
import { ConfigShowCommand } from "./config-show-command.ts";
import { AccessCommand } from "./access-command.ts";
import { DemoCommand } from "./demo-command.ts";
import { DetectCommand } from "./detect-command.ts";
import { DoctorCommand } from "./doctor-command.ts";
import { IngestCommand } from "./ingest-command.ts";
import { EventsListCommand } from "./events-list-command.ts";
import { EventsShowCommand } from "./events-show-command.ts";
import { EventsTailCommand } from "./events-tail-command.ts";
import { ExplainCommand } from "./explain-command.ts";
import { ExportCommand } from "./export-command.ts";
import { McpCommand } from "./mcp-command.ts";
import { McpInstallCommand } from "./mcp-install-command.ts";
import { RulesCheckCommand } from "./rules-check-command.ts";
import { RulesExplainCommand } from "./rules-explain-command.ts";
import { RulesListCommand } from "./rules-list-command.ts";
import { RulesTestCommand } from "./rules-test-command.ts";
import { RulesReplayCommand } from "./rules-replay-command.ts";
import { RulesSuggestCommand } from "./rules-suggest-command.ts";
import { RunCommand } from "./run-command.ts";
import { SearchCommand } from "./search-command.ts";
import { SnapshotCommand } from "./snapshot-command.ts";
import { ServeCommand } from "./serve-command.ts";
import { StatusCommand } from "./status-command.ts";
import { SummaryCommand } from "./summary-command.ts";
import { TokenCreateCommand, TokenListCommand, TokenRevokeCommand } from "./token-command.ts";
import { TraceCommand } from "./trace-command.ts";
import { VerifyCommand } from "./verify-command.ts";
import { writeError } from "./write-error.ts";

export const commands = [
  RunCommand,
  ServeCommand,
  SnapshotCommand,
  IngestCommand,
  StatusCommand,
  DoctorCommand,
  TraceCommand,
  EventsListCommand,
  EventsShowCommand,
  EventsTailCommand,
  SearchCommand,
  SummaryCommand,
  AnomaliesCommand,
  AnomaliesMarkCommand,
  ExplainCommand,
  DetectCommand,
  AlertsListCommand,
  AlertsTestCommand,
  AlertsReplayCommand,
  ExportCommand,
  VerifyCommand,
  TokenCreateCommand,
  TokenListCommand,
  TokenRevokeCommand,
  AccessCommand,
  McpCommand,
  McpInstallCommand,
  RulesListCommand,
  RulesCheckCommand,
  RulesTestCommand,
  RulesExplainCommand,
  RulesReplayCommand,
  RulesSuggestCommand,
  ConfigShowCommand,
  CompletionCommand,
  DemoCommand,
];

export async function runCli(args: string[]): Promise<number> {
  // The reader of our output went away (`auditctl trace … | head`): nobody is left to tell.
  process.stdout.on("error", (error: NodeJS.ErrnoException) =>
    process.exit(error.code === "EPIPE" ? 0 : exitStatus.failure),
  );
  const cli = createCli();
  const words = args[0] === "help" ? [...args.slice(1), "--help"] : args;
  let command: Command;
  try {
    command = cli.process(words, Cli.defaultContext);
  } catch (error) {
    return writeError(toUsageError(error, args, cli), { json: args.includes("--json"), stream: process.stderr });
  }
  return await cli.run(command, Cli.defaultContext);
}

export function createCli(): Cli {
  const enableColors = isatty(1) && process.env["NO_COLOR"] === undefined;
  const cli = new ReadableCli({
    binaryName: "auditctl",
    binaryLabel: "audit-overlay",
    binaryVersion: packageVersion,
    enableColors,
  });
  for (const command of [...commands, Builtins.HelpCommand, Builtins.VersionCommand]) cli.register(command);
  return cli;
}

/** Clipanion writes a flag's value as "#0"; people expect to see that something goes there. */
class ReadableCli extends Cli {
  override usage(...args: Parameters<Cli["usage"]>): string {
    return super
      .usage(...args)
      .replaceAll("#0]", "…]")
      .replaceAll("#0", "… ");
  }
}

/** Clipanion's own words, the first line only: the rest repeats every command's usage. */
function toUsageError(error: unknown, args: readonly string[], cli: Cli): AppError {
  const text = error instanceof Error ? error.message : String(error);
  const words = text.replace(/^[\w ]*Syntax Error: /, "").split("\n")[0] ?? text;
  const firstFlag = args.findIndex((arg) => arg.startsWith("-"));
  const command = args.slice(0, firstFlag === -1 ? undefined : firstFlag).join(" ");
  const hint = words.includes('("--password")')
    ? "Other users of the machine can read flags: give it in AUDIT_PASSWORD, or a file with --password-file."
    : "`auditctl --help` lists the commands, `auditctl <command> --help` its flags.";
  return new AppError("usage.argument", describeFault(words, command, cli), { hint });
}

function describeFault(words: string, command: string, cli: Cli): string {
  const known = cli.definitions().map(({ path, usage, options }) => ({
    usage,
    name: path.replace(/^auditctl /, ""),
    flags: options.flatMap(({ definition }) => definition.match(/--[\w-]+/g) ?? []),
  }));
  if (words.startsWith("Command not found")) {
    const [first = ""] = command.split(" ");
    return `there is no command "${first}"${suggestion(first, new Set(known.map(({ name }) => name.split(" ")[0] ?? "")))}`;
  }
  const flag = /^Unsupported option name \("(--[^"]+)"\)/.exec(words)?.[1];
  const ofCommand = known.find(({ name }) => command === name || command.startsWith(`${name} `));
  if (words.startsWith("Not enough positional")) return `something is missing: ${ofCommand?.usage ?? command}`;
  if (flag === undefined) return words;
  return `there is no flag ${flag}${suggestion(flag, ofCommand?.flags ?? [])}`;
}
