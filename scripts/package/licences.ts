// The libraries that an installation brings with it, from the lock file: name, version, licence; as docs/licences.md, and those
// whose licence nobody has agreed to.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../src/lib/package-root.ts";

export interface Library {
  name: string;
  version: string;
  licence: string;
}

interface LockEntry {
  version?: string;
  license?: string;
  dev?: boolean;
  devOptional?: boolean;
}

/** They ask for their text and copyright to be kept, which stand in each library's own folder, and for nothing else. */
export const agreedLicences: readonly string[] = [
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "ISC",
  "MIT",
  "Unlicense",
];

export function readLibraries(): Library[] {
  const lock = JSON.parse(readFileSync(join(packageRoot, "package-lock.json"), "utf8")) as {
    packages: Record<string, LockEntry>;
  };
  return librariesOf(lock.packages);
}

/** Those that are not for development, each version once. */
export function librariesOf(packages: Record<string, LockEntry>): Library[] {
  const libraries = Object.entries(packages)
    .filter(([path, { dev, devOptional }]) => path !== "" && dev !== true && devOptional !== true)
    .map(([path, { version = "", license = "none is named" }]) => ({
      name: path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length),
      version,
      licence: license,
    }));
  const once = new Map(libraries.map((library) => [`${library.name} ${library.version}`, library]));
  return [...once.values()].toSorted((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1));
}

export function notAgreed(libraries: readonly Library[]): Library[] {
  return libraries.filter(({ licence }) => !agreedLicences.includes(licence));
}

export function licencesDocument(libraries: readonly Library[] = readLibraries()): string {
  const licences = [...new Set(libraries.map(({ licence }) => licence))].toSorted();
  const counts = licences.map((name) => `${name} ${libraries.filter(({ licence }) => licence === name).length}`);
  const rows = libraries.map(({ name, version, licence }) => `| \`${name}\` | ${version} | ${licence} |`);
  return `# Licences

audit-overlay is under the Apache License 2.0. The package holds no code of others: npm fetches the libraries below beside
it, each with its own licence, so there is no NOTICE file to pass on.

${libraries.length} libraries: ${counts.join(", ")}. A library under any other licence fails the tests until somebody has read it:
only ${agreedLicences.join(", ")} are agreed to.

These are the versions that were tested, and those in the container image. \`npm i -g\` takes exactly our direct dependencies, and
of what those need the newest that they allow; \`npm ls -g --all audit-overlay\` shows what you have. A release has its SBOM beside it.

| Library | Version | Licence |
|---|---|---|
${rows.join("\n")}
`;
}
