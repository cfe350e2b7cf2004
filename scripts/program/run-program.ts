// What the programs of scripts/ with flags have in common: takes how they read them and what they then do; gives the exit status.
import { AppError } from "../../src/model/app-error.ts";

export async function runProgram<Args>(program: {
  parse: (argv: string[]) => Args | "help";
  helpText: string;
  run: (args: Args) => Promise<number>;
}): Promise<number> {
  try {
    const args = program.parse(process.argv.slice(2));
    if (args !== "help") return await program.run(args);
    process.stdout.write(program.helpText);
    return 0;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    process.stderr.write(`error ${error.message}\nhint: ${error.hint}\n`);
    return error.exitStatus;
  }
}
