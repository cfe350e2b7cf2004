// Writes docs/event-format.md from a run on real servers, which it gets for itself. `--check` writes nothing and exits 1 when the document is out of date.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../src/lib/package-root.ts";
import { observe } from "./event-format/observe.ts";
import { renderEventFormat } from "./event-format/render.ts";
import { openLocalServer } from "./mysql.ts";

const path = join(packageRoot, "docs", "event-format.md");
const log = (line: string): void => void process.stderr.write(`${line}\n`);
const mysql = await openLocalServer("mysql", { log });
const mariadb = await openLocalServer("mariadb", { log });
try {
  const [fromMysql, fromMariadb] = await Promise.all([observe("mysql", mysql), observe("mariadb", mariadb)]);
  const text = renderEventFormat({ mysql: fromMysql, mariadb: fromMariadb });
  const isCurrent = readIfThere() === text;
  if (!process.argv.includes("--check")) {
    writeFileSync(path, text);
    process.stdout.write(isCurrent ? "docs/event-format.md was up to date\n" : "wrote docs/event-format.md\n");
  } else if (!isCurrent) {
    process.stderr.write("docs/event-format.md is out of date: run `npm run event-format`\n");
    process.exitCode = 1;
  }
} finally {
  await Promise.all([mysql.stop(), mariadb.stop()]);
}

function readIfThere(): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
