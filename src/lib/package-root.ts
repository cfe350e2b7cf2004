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

/** As it came from the registry, compiled; not a clone of the project. */
export const isInstalled: boolean = !existsSync(join(packageRoot, "src", "main.ts"));

/** How a person runs a command of it from here. */
export const commandPrefix: string = isInstalled ? "auditctl" : "npm run -s auditctl --";

/** A hint names our documents and examples by their place in the package; who installed it needs to know where that is. */
export function locateFiles(hint: string, root: string | undefined = isInstalled ? packageRoot : undefined): string {
  if (root === undefined) return hint;
  return hint.replaceAll(/(?<![\w/.-])(?:docs|schema)\/[\w/-]+\.(?:md|yaml)\b/g, (path) =>
    existsSync(join(root, path)) ? join(root, path) : path,
  );
}

export const packageVersion: string = (
  JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as { version: string }
).version;
