// serve/cli: the command line. Takes arguments, gives an exit status. Touches nothing of the process but the context it is given.
import { type BaseContext, Builtins, Cli, type Command, type CommandClass } from "clipanion";
import { packageVersion } from "../../lib/package-root.ts";
import { loadAllCommands, loadCommands } from "./command-families.ts";

export async function runCli(args: string[], context: BaseContext = Cli.defaultContext): Promise<number> {
  const words = args[0] === "help" ? [...args.slice(1), "--help"] : args;
  const cli = createCli(await loadCommands(words), context);
  let command: Command;
  try {
    command = cli.process(words, context);
  } catch (error) {
    const { toUsageError } = await import("./usage-error.ts");
    const { writeError } = await import("./write-error.ts");
    const usageError = toUsageError(error, args, createCli(await loadAllCommands(), context));
    return writeError(usageError, { json: args.includes("--json"), stream: context.stderr, env: context.env });
  }
  return await cli.run(command, context);
}

export function createCli(commands: readonly CommandClass[], { stdout, env }: BaseContext = Cli.defaultContext): Cli {
  const enableColors = (stdout as Partial<NodeJS.WriteStream>).isTTY === true && env["NO_COLOR"] === undefined;
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
