// Gives where Debian's packages can be had: the mirrors this machine itself uses, and one that is always there.

import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

const APT = "/etc/apt";
const LAST_RESORT = "http://deb.debian.org/debian";
const MIRRORS_MAX = 4;

export async function debianMirrors(): Promise<string[]> {
  const found: string[] = [];
  const parts = await readdir(join(APT, "sources.list.d")).catch(() => []);
  for (const name of ["sources.list", ...parts.map((part) => join("sources.list.d", part))]) {
    const text = await readFile(join(APT, name), "utf8").catch(() => "");
    if (name.endsWith(".list")) found.push(...fromOneLineFormat(text));
    if (name.endsWith(".sources")) found.push(...fromDeb822(text));
  }
  const uris = found.map((uri) => uri.replace(/\/+$/, "")).filter(isDebianArchive);
  return [...new Set(uris)].slice(0, MIRRORS_MAX - 1).concat(uris.includes(LAST_RESORT) ? [] : [LAST_RESORT]);
}

function fromOneLineFormat(text: string): string[] {
  const entries = text.matchAll(/^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+\S+\s+(.*)$/gm);
  return [...entries].filter(([, , components]) => /\bmain\b/.test(components ?? "")).map(([, uri]) => uri ?? "");
}

function fromDeb822(text: string): string[] {
  const uris: string[] = [];
  for (const stanza of text.replaceAll(/^#.*\n?/gm, "").split(/\n\s*\n/)) {
    const field = (name: string): string => new RegExp(`^${name}:(.*)$`, "im").exec(stanza)?.[1]?.trim() ?? "";
    if (/^no$/i.test(field("Enabled")) || !/\bmain\b/.test(field("Components"))) continue;
    if (/\bdeb\b(?!-)/.test(field("Types"))) uris.push(...field("URIs").split(/\s+/));
  }
  return uris;
}

// Other publishers' archives may end in /debian too: their signature is refused and the next one is tried.
function isDebianArchive(uri: string): boolean {
  return /^https?:\/\/.*\/debian$/.test(uri);
}
