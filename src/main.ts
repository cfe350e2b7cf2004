#!/usr/bin/env node
// The program. Checks the runtime first: an older Node would crash inside a native module with no word of why.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(`audit-overlay needs Node.js 22.18 or newer; this is ${process.versions.node}.\n`);
  process.stderr.write("hint: install Node.js 24 LTS. In a clone of the project, `npm run auditctl` brings its own.\n");
  process.exitCode = 1;
} else {
  // The reader of our output went away (`auditctl trace … | head`): nobody is left to tell.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  const { runCli } = await import("./serve/cli/cli.ts");
  process.exitCode = await runCli(process.argv.slice(2));
}
