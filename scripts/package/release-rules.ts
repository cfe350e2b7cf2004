// What must be true of a release, as functions: text of the changelog, package.json and git's answers in, faults out.

export interface ReleaseManifest {
  version: string;
  repository?: string | { url?: string };
}

interface Section {
  /** `Unreleased`, or a version. */
  name: string;
  date: string | undefined;
  /** Without headings and without what stands for nothing. */
  entries: string[];
}

const nothing = "Nothing yet.";

/** In the everyday check too: the version that package.json names is told of, and sections stand in order. */
export function checkChangelog(version: string, changelog: string): string[] {
  const [first, ...releases] = sectionsOf(changelog);
  const faults: string[] = [];
  if (first?.name !== "Unreleased") faults.push("docs/changelog.md: does not begin with `## Unreleased`");
  for (const { name, date, entries } of releases) {
    if (!/^\d+\.\d+\.\d+$/.test(name)) faults.push(`docs/changelog.md: ${name} is no version`);
    if (!isDate(date)) faults.push(`docs/changelog.md: ${name} has no date, as in \`## ${name} - 2026-11-21\``);
    if (entries.length === 0) faults.push(`docs/changelog.md: ${name} says nothing`);
  }
  for (const [at, { name }] of releases.entries()) {
    const older = releases[at + 1];
    if (older !== undefined && !isNewer(name, older.name))
      faults.push(`docs/changelog.md: ${name} stands above ${older.name}`);
  }
  if (!releases.some(({ name }) => name === version)) faults.push(`docs/changelog.md: has no entry for ${version}`);
  return faults;
}

/** @param changed paths that differ from the last tag `tag`. */
export function checkUnreleased(
  version: string,
  changelog: string,
  { tag, changed }: { tag: string; changed: readonly string[] },
): string[] {
  const seen = changed.filter((path) => /^(?:src|schema|generator)\//.test(path));
  const isNextAlready = isNewer(version, tag.replace(/^v/, ""));
  const isTold = sectionsOf(changelog).some(({ name, entries }) => name === "Unreleased" && entries.length > 0);
  if (seen.length === 0 || isNextAlready || isTold) return [];
  return [
    `docs/changelog.md: nothing under Unreleased, but ${seen.length} files have changed since ${tag} (${seen[0]} …). Say there what users will notice, or that they will not.`,
  ];
}

/** For the tag that is to be published. */
export function checkTag(tag: string, { version, repository }: ReleaseManifest, changelog: string): string[] {
  const faults: string[] = [];
  if (tag !== `v${version}`) faults.push(`the tag is ${tag}, package.json says ${version}`);
  const unreleased = sectionsOf(changelog).find(({ name }) => name === "Unreleased");
  if ((unreleased?.entries.length ?? 0) > 0)
    faults.push(`docs/changelog.md: what stands under Unreleased belongs under ${version}`);
  const url = typeof repository === "string" ? repository : (repository?.url ?? "");
  if (url === "")
    faults.push(
      "package.json: `repository` is empty; npm refuses provenance unless it is the address this was built from",
    );
  return faults;
}

function sectionsOf(changelog: string): Section[] {
  return changelog
    .split(/^## /m)
    .slice(1)
    .map((part) => {
      const [heading = "", ...lines] = part.split("\n");
      const [name = "", date] = heading.split(" - ");
      const entries = lines.filter((line) => line.trim() !== "" && line.trim() !== nothing && !line.startsWith("#"));
      return { name: name.replaceAll(/[[\]]/g, "").trim(), date: date?.trim(), entries };
    });
}

function isDate(text: string | undefined): boolean {
  return text !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}

function isNewer(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split(".").map(Number));
  for (const place of [0, 1, 2]) {
    const difference = (a?.[place] ?? 0) - (b?.[place] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}
