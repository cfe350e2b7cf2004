// The project's style as functions: a list of source files in, a list of findings out ("file: what is wrong").
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative, sep } from "node:path";

export interface SourceFile {
  /** Path from the project's root, with forward slashes. */
  path: string;
  text: string;
}

const fileLinesMax = 400;
const medianLinesMax = 100;

export function readSources(root: string, folders: readonly string[], ending = ".ts"): SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => ({ path: relative(root, path).split(sep).join("/"), text: readFileSync(path, "utf8") })),
  );
}

/** Stages of src/, each with what it may import besides itself. */
const mayImport: Record<string, readonly string[]> = {
  lib: [],
  model: ["lib"],
  capture: ["lib", "model"],
  normalize: ["lib", "model"],
  infer: ["lib", "model"],
  store: ["lib", "model"],
  detect: ["lib", "model"],
  ai: ["lib", "model"],
  alert: ["lib", "model"],
  pipeline: ["lib", "model", "capture", "normalize", "infer", "store", "detect", "ai", "alert"],
  serve: ["lib", "model", "capture", "normalize", "infer", "store", "detect", "ai", "alert", "pipeline"],
  main: ["serve"],
  generator: ["lib", "model"],
};

/** Packages with one importer, or one stage of importers. Outside src/, scripts and tests talk to servers as they need. */
const fencedPackages: Record<string, RegExp> = {
  "@vlasky/zongji": /^src\/capture\/binlog-client\.ts$/,
  mysql2: /^src\/capture\/server-connection\.ts$|^(generator|scripts|test)\//,
  standardwebhooks: /^src\/alert\/webhook\.ts$|^test\//,
  "better-sqlite3": /^src\/store\/|^(scripts|test)\//,
};
/** Node's doors to the outside, closed to the pure stages. */
const pureStages = new Set(["normalize", "infer"]);
const doors = /^node:(fs|net|http|https|child_process|worker_threads|dgram|tls)/;

export function checkImports(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => importsOf(file.text).flatMap((target) => checkImport(file.path, target)));
}

function checkImport(path: string, target: string): string[] {
  const stage = stageOf(path);
  const pack = target.startsWith("@") ? target.split("/").slice(0, 2).join("/") : (target.split("/")[0] ?? "");
  const fence = fencedPackages[pack];
  if (fence !== undefined && !fence.test(path)) return [`${path}: must not import ${pack}`];
  if (pureStages.has(stage ?? "") && doors.test(target))
    return [`${path}: ${stage} is pure, must not import ${target}`];
  if (!target.startsWith(".") || stage === undefined) return [];
  const imported = normalize(join(dirname(path), target))
    .split(sep)
    .join("/");
  const importedStage = stageOf(imported) ?? imported.split("/")[0] ?? "";
  if (importedStage === stage || mayImport[stage]?.includes(importedStage)) return [];
  return [`${path}: ${stage} must not import ${importedStage} (${imported})`];
}

/** `capture` for src/capture/x.ts, `generator` for generator/x.ts; undefined where the law does not reach (scripts, tests). */
function stageOf(path: string): string | undefined {
  const [top = "", second = ""] = path.split("/");
  if (top === "generator") return "generator";
  if (top !== "src") return undefined;
  return second.replace(/\.ts$/, "");
}

function importsOf(text: string): string[] {
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^;"']*?from\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']|(?:^|\n)import\s+["']([^"']+)["']/g,
  );
  return [...found].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
}

export function checkSizes(files: readonly SourceFile[]): string[] {
  const sizes = files.map((file) => ({ path: file.path, lines: file.text.split("\n").length - 1 }));
  const tooLong = sizes
    .filter(({ lines }) => lines > fileLinesMax)
    .map(({ path, lines }) => `${path}: ${lines} lines, at most ${fileLinesMax}`);
  const sorted = sizes.map(({ lines }) => lines).sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return median > medianLinesMax
    ? [...tooLong, `the median file has ${median} lines, at most ${medianLinesMax}`]
    : tooLong;
}

const sql =
  /\b(?:SELECT\s[\s\S]{1,300}?\sFROM\s|INSERT\s+(?:OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|CREATE\s+(?:TABLE|INDEX|VIEW|TRIGGER)\s)|\.pragma\(/;

/** The one file that holds SQL for the source's own tables; it is the source's dialect, not the store's. */
const sourceSql = "src/capture/table-statements.ts";

/** SQL lives in store/. (capture/ asks the server for its settings, which takes no FROM.) */
export function checkSql(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => file.path.startsWith("src/") && !file.path.startsWith("src/store/") && file.path !== sourceSql)
    .filter((file) => sql.test(withoutComments(file.text)))
    .map((file) => `${file.path}: SQL outside store/`);
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/[^\n]*/g, " ");
}

export function checkNames(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    const name = path.split("/").at(-1) ?? "";
    const findings: string[] = [];
    if (/^(index|utils?|types?|helpers?|common)\.ts$/.test(name)) findings.push(`${path}: a drawer, not a name`);
    if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.(test|config))?\.ts$/.test(name)) findings.push(`${path}: not kebab-case`);
    if (path.startsWith("src/") && !/^(#!.*\n)?(\/\/|\/\*\*)/.test(text))
      findings.push(`${path}: does not say in its first line what it is`);
    return findings;
  });
}

/** Relative links of the documents that lead nowhere, and documents that nothing leads to. */
export function checkDocuments(documents: readonly SourceFile[], exists: (path: string) => boolean): string[] {
  const linked = new Set<string>(["README.md"]);
  const findings: string[] = [];
  for (const { path, text } of documents) {
    for (const match of text.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)) {
      const target = normalize(join(dirname(path), match[1] ?? ""))
        .split(sep)
        .join("/");
      linked.add(target);
      if (!exists(target)) findings.push(`${path}: the link to ${match[1]} leads nowhere`);
    }
  }
  for (const { path } of documents) if (!linked.has(path)) findings.push(`${path}: no other document leads here`);
  return findings;
}

/** Paths of one machine, and names of package registries. */
const forbidden = /\/(?:work|root|home\/\w+)\/\w+|registry\.npmjs|registry-1\.docker/;

export function checkWords(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path, text }) => path !== "test/tidy/rules.ts" && forbidden.test(text))
    .map(({ path }) => `${path}: holds a path of one machine or the name of a registry`);
}
