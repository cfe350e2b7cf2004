// Where this package's own files are (schema/, package.json): the same from src/ in development and from dist/ when installed.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

function findPackageRoot(from: string): string {
  let folder = from;
  while (!existsSync(join(folder, "package.json"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error("bug: no package.json above the program's files");
    folder = parent;
  }
  return folder;
}

export const packageRoot: string = findPackageRoot(import.meta.dirname);

export const packageVersion: string = (
  JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as { version: string }
).version;
