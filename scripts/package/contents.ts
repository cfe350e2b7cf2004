// Takes the files of a package as they would be published; gives what is wrong with them: what must not be there, what is missing.
import { dirname, join } from "node:path/posix";

export interface PackedFile {
  /** From the package's root, with forward slashes. */
  path: string;
  bytes: number;
  text: string;
}

/** The part of package.json that is looked at. */
interface Manifest {
  bin: Record<string, string>;
  dependencies: Record<string, string>;
}

const fileBytesMax = 1_000_000;
const tops = /^(?:(?:dist|docs|schema)\/.+|README\.md|LICENSE|package\.json)$/;

/** Each by what a path looks like that has no place in a package. */
const unwanted: readonly [RegExp, string][] = [
  [/(?:^|\/)tests?\/|\.test\./, "a test"],
  [/\.map$/, "a source map"],
  [/\.(?:[cm]?ts|tsbuildinfo)$/, "source that Node does not run inside node_modules"],
  [/(?:^|\/)\.[^/]/, "a hidden file: settings of a machine, secrets"],
  [/(?:^|\/)coverage\//, "a coverage report"],
  [/\.(?:db|db-wal|db-shm|sqlite|log|tgz)$/, "data"],
  [/\.(?:pem|key|p12|password|token)$/, "a key or a secret"],
];

const telling: readonly [RegExp, string][] = [
  [/-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40}/, "a private key"],
  [/\b(?:npm_[A-Za-z0-9]{36}|gh[pousr]_[A-Za-z0-9]{36}|AKIA[A-Z0-9]{16}|sk-[A-Za-z0-9]{40})\b/, "a token"],
  // `home/user`, `home/node` and the like of examples are nobody's.
  [
    /\/(?:work|root|Users|home)\/(?!user\b|node\b|you\b|me\b)[\w.-]+\/\w|file:\/\/\/(?!etc\/)\w/,
    "a path of one machine",
  ],
  [/\/\/# sourceMappingURL=/, "a link to a source map"],
];

/** @returns one line for each fault; none when all is well. */
export function checkContents(files: readonly PackedFile[], manifest: Manifest): string[] {
  return [...files.flatMap(checkFile), ...checkWhole(files, manifest)];
}

/** What can be said of a file by itself. */
export function checkFile({ path, bytes, text }: PackedFile): string[] {
  const found: string[] = [];
  if (!tops.test(path)) found.push(`${path}: not dist/, docs/, schema/, README.md, LICENSE or package.json`);
  for (const [pattern, what] of unwanted) if (pattern.test(path)) found.push(`${path}: ${what}`);
  for (const [pattern, what] of telling) {
    const match = pattern.exec(text);
    if (match !== null) found.push(`${path}: holds ${what} (${match[0].slice(0, 24)} …)`);
  }
  if (bytes > fileBytesMax) found.push(`${path}: ${bytes} bytes, at most ${fileBytesMax}`);
  return found;
}

function checkWhole(files: readonly PackedFile[], { bin, dependencies }: Manifest): string[] {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const missing: string[] = [];
  const need = (path: string, by: string): void => {
    if (!texts.has(path)) missing.push(`${path}: missing; ${by} needs it`);
  };
  for (const path of Object.values(bin)) {
    need(path, "the command line");
    if (texts.get(path)?.startsWith("#!/usr/bin/env node\n") === false) missing.push(`${path}: no #! line`);
  }
  for (const path of ["README.md", "LICENSE", "docs/changelog.md", "docs/licences.md"]) need(path, "a reader");
  for (const { path, text } of files.filter((file) => file.path.endsWith(".js"))) {
    for (const target of importsOf(text)) {
      if (target.startsWith(".")) need(join(dirname(path), target), path);
      else if (!target.startsWith("node:") && !isOptional(target) && !(packageOf(target) in dependencies))
        missing.push(`${path}: imports ${target}, which is no dependency`);
    }
    for (const [, name = ""] of text.matchAll(/new Worker\(new URL\(`([\w-]+)\$\{/g))
      need(join(dirname(path), `${name}.js`), path);
    for (const [named] of text.matchAll(/(?<![\w/.-])(?:docs|schema)\/[\w/-]+\.(?:md|ya?ml|json|sql)\b/g))
      need(named, path);
  }
  for (const { path, text } of files.filter((file) => file.path.endsWith(".md"))) {
    for (const [, link = ""] of text.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)) {
      const target = join(dirname(path), link);
      // Documents for those who work on it name files of the clone.
      if (!/^(?:test|scripts|src|generator|docker)\//.test(target)) need(target, path);
    }
  }
  return [...new Set(missing)];
}

/** Development's way to a server; an installed demo has others. */
function isOptional(target: string): boolean {
  return target === "testcontainers";
}

function packageOf(target: string): string {
  return target
    .split("/")
    .slice(0, target.startsWith("@") ? 2 : 1)
    .join("/");
}

/** Compiled code has its imports at the beginning of a line, or in `import(…)`. */
function importsOf(text: string): string[] {
  const found = text.matchAll(
    /^(?:import|export)\s[^;"'`=()]*?\bfrom ["']([^"']+)["'];|^import ["']([^"']+)["'];|\bimport\(["']([^"']+)["']\)/gm,
  );
  return [...found].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
}
