// What documents name, against what there is: documents and the names of the product in, findings out ("file: what is wrong").
import { dirname, join, normalize, sep } from "node:path";
import type { SourceFile } from "./rules.ts";

export interface KnownCommand {
  /** `events list`. */
  name: string;
  flags: ReadonlySet<string>;
}

/** Commands and flags behind `auditctl`, in code. A line ends a call, and so does what a shell ends one with. */
export function checkCalls(documents: readonly SourceFile[], commands: readonly KnownCommand[]): string[] {
  const firstWords = new Set(commands.map(({ name }) => name.split(" ")[0]));
  return documents.flatMap(({ path, text }) =>
    [...codeOf(text).matchAll(/\bauditctl (?:-- )?(?=([a-z][^\n]*))/g)].flatMap((match) => {
      const call = (match[1] ?? "").split(/ (?:[#|│&;]|→)| {2,}(?!--)|[`;)]|"?\$\(/)[0] ?? "";
      const words = call.split(/\s+/);
      if (!firstWords.has(words[0])) return [`${path}: there is no command auditctl ${words[0]}`];
      const called = [`${words[0]} ${words[1]}`, words[0]].map((name) => commands.find((known) => known.name === name));
      // Of a family, such as `events`, the first word alone: any of its commands.
      const family = commands.filter(({ name }) => name.startsWith(`${words[0]} `));
      const flags =
        called.find((known) => known !== undefined)?.flags ?? new Set(family.flatMap((one) => [...one.flags]));
      return flagsIn(call)
        .filter((flag) => !flags.has(flag))
        .map((flag) => `${path}: auditctl ${words.slice(0, 2).join(" ")} has no flag ${flag}`);
    }),
  );
}

/** What stands in code: fenced, indented, or between backticks; each part a line of its own. */
function codeOf(text: string): string {
  const fenced = [...text.matchAll(/^(```+|~~~+)[^\n]*\n([\s\S]*?)^\1/gm)].map((match) => match[2] ?? "");
  const prose = withoutCode(text);
  const spans = [...prose.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? "");
  const indented = prose.split("\n").filter((line) => /^ {4}/.test(line));
  return [...fenced, ...spans, ...indented].join("\n");
}

function flagsIn(text: string): string[] {
  return [...text.matchAll(/(?<=[\s[(])--[a-z][a-z-]*/g)].map(([flag]) => flag);
}

/** Flags that stand alone in code, `--start`: of whichever command. */
export function checkFlags(documents: readonly SourceFile[], flags: ReadonlySet<string>): string[] {
  return documents.flatMap(({ path, text }) =>
    [...text.matchAll(/(?<=^|[^`])`(--[a-z][a-z-]*)/g)]
      .map((match) => match[1] ?? "")
      .filter((flag) => !flags.has(flag))
      .map((flag) => `${path}: no command has the flag ${flag}`),
  );
}

/** Paths of the API, with or without values in the places of their parameters. */
export function checkRoutes(documents: readonly SourceFile[], paths: readonly string[]): string[] {
  const known = paths.map((path) => new RegExp(`^${path.replace(/\{[^}]+\}/g, "[^/]+")}$`));
  return documents.flatMap(({ path, text }) =>
    [...text.matchAll(/\/v1\/[\w/{}%.…-]*[\w}…]/g)]
      .map(([route]) => route)
      .filter((route) => !known.some((pattern) => pattern.test(route)))
      .map((route) => `${path}: there is no route ${route}`),
  );
}

/** Names that begin as our metrics do. The names of secrets (`audit_overlay_password`) do so too. */
export function checkMetrics(
  documents: readonly SourceFile[],
  metrics: ReadonlySet<string>,
  settings: ReadonlySet<string>,
): string[] {
  return documents.flatMap(({ path, text }) =>
    [...text.matchAll(/\baudit_overlay_([a-z_]+)/g)]
      .filter(([, rest = ""]) => !settings.has(rest))
      .map(([name]) => name.replace(/_(?:bucket|sum|count)$/, ""))
      .filter((name) => !metrics.has(name))
      .map((name) => `${path}: there is no metric ${name}`),
  );
}

/** Words in code of the form `store.missing` whose first part is one that error codes begin with; `service.db` is a file. */
export function checkErrorCodes(
  documents: readonly SourceFile[],
  codes: ReadonlySet<string>,
  others: ReadonlySet<string>,
): string[] {
  const families = new Set([...codes].map((code) => code.split(".")[0]));
  return documents.flatMap(({ path, text }) =>
    [...text.matchAll(/[`"]([a-z]+\.[a-z_]+)[`"]/g)]
      .map((match) => match[1] ?? "")
      .filter(
        (name) => !name.endsWith(".db") && families.has(name.split(".")[0]) && !codes.has(name) && !others.has(name),
      )
      .map((name) => `${path}: there is no error ${name}`),
  );
}

/** Variables of the environment that begin as ours do. */
export function checkVariables(documents: readonly SourceFile[], known: ReadonlySet<string>): string[] {
  return documents.flatMap(({ path, text }) =>
    [...text.matchAll(/\bAUDIT_[A-Z_]+\b/g)]
      .map(([name]) => name)
      .filter((name) => !known.has(name) && !/^AUDIT_(CONFIG|TEST_)/.test(name))
      .map((name) => `${path}: there is no variable ${name}`),
  );
}

/** Config files shown as YAML: a block with one of our settings in it has no other key. */
export function checkConfigFiles(documents: readonly SourceFile[], settings: ReadonlySet<string>): string[] {
  return documents.flatMap(({ path, text }) =>
    [...text.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].flatMap(([, block = ""]) => {
      const keys = [...block.matchAll(/^([a-z_]+):/gm)].map((match) => match[1] ?? "");
      // `rules` is also a part of a rule pack, `services` one of a compose file.
      if (keys.includes("pack") || keys.includes("services") || !keys.some((key) => settings.has(key))) return [];
      return keys.filter((key) => !settings.has(key)).map((key) => `${path}: there is no setting ${key}`);
    }),
  );
}

/** Programs for developers: `npm run …`. */
export function checkScripts(documents: readonly SourceFile[], scripts: ReadonlySet<string>): string[] {
  return documents.flatMap(({ path, text }) =>
    [...text.matchAll(/\bnpm run (?:-s )?([a-z][a-z:-]*)/g)]
      .map((match) => match[1] ?? "")
      .filter((name) => !scripts.has(name))
      .map((name) => `${path}: there is no npm script ${name}`),
  );
}

/** Links with a place in a document: that place is a heading there. */
export function checkAnchors(documents: readonly SourceFile[]): string[] {
  const anchors = new Map(documents.map(({ path, text }) => [path, anchorsOf(text)]));
  return documents.flatMap(({ path, text }) =>
    [...withoutCode(text).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)#([^)\s]+)\)/g)].flatMap(
      ([, file = "", anchor = ""]) => {
        const target =
          file === ""
            ? path
            : normalize(join(dirname(path), file))
                .split(sep)
                .join("/");
        const known = anchors.get(target);
        return known === undefined || known.has(anchor) ? [] : [`${path}: ${target} has no heading #${anchor}`];
      },
    ),
  );
}

/** As forges make them: lower case, punctuation away, spaces to hyphens, the second of the same with `-1`. */
function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of withoutCode(text).matchAll(/^#{1,6} (.+)$/gm)) {
    const plain = heading.replace(/\[([^\]]+)\]\([^)]*\)/g, "$1");
    const anchor = plain
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-");
    let unique = anchor;
    for (let count = 1; anchors.has(unique); count += 1) unique = `${anchor}-${count}`;
    anchors.add(unique);
  }
  return anchors;
}

/** Comments in shell and YAML begin as headings do. */
function withoutCode(text: string): string {
  return text.replace(/^(```+|~~~+)[\s\S]*?^\1/gm, "");
}

/** The rows of a document's tables, by what stands in code in their first cell. */
export function tableRows(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(/^\| `([^`]+)`(?: …)? \|(.*)\|$/gm)].map(([, name = "", rest = ""]) => [name, rest.trim()]),
  );
}

/** `## events list` → its part of the document. */
export function sectionsOf(text: string): Map<string, string> {
  return new Map(
    text
      .split(/^## /m)
      .slice(1)
      .map((part) => [part.split("\n")[0]?.trim() ?? "", part]),
  );
}
