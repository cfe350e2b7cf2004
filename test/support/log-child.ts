// A process that logs numbered lines as fast as the file takes them, until it is killed. Takes the path, bytes and files.
import { setImmediate as turn } from "node:timers/promises";
import { openLogFile } from "../../src/lib/log-file.ts";

const [path = "", bytes = "", files = "", from = ""] = process.argv.slice(2);
const log = openLogFile({
  path,
  bytesMax: Number(bytes),
  filesMax: Number(files),
  spare: () => process.exit(1),
  onTrouble: () => process.exit(1),
});
for (let n = Number(from); ; n += 1) {
  log.write(`${JSON.stringify({ n, text: "x".repeat(n % 200) })}\n`);
  while (log.bytesWaiting() > 20_000) await turn();
  if (n % 200 === 0) process.stdout.write(`${n}\n`);
}
