// Refuses what must not be released: `node scripts/check-release.ts` on every change, `--tag v1.2.3` before that tag is published.
// Exit status 1, and one line for each fault.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { packageRoot } from "../src/lib/package-root.ts";
import { runCommand } from "./mysql/run-command.ts";
import { checkChangelog, checkTag, checkUnreleased, type ReleaseManifest } from "./package/release-rules.ts";

const { values } = parseArgs({ options: { tag: { type: "string" } } });
const manifest = JSON.parse(readText("package.json")) as ReleaseManifest;
const changelog = readText("docs/changelog.md");

const faults = [...checkChangelog(manifest.version, changelog), ...(await checkSinceTag())];
if (values.tag !== undefined) faults.push(...checkTag(values.tag, manifest, changelog));
for (const fault of faults) process.stderr.write(`${fault}\n`);
if (faults.length === 0) process.stdout.write(`${values.tag ?? manifest.version}: nothing is wrong\n`);
process.exitCode = faults.length === 0 ? 0 : 1;

async function checkSinceTag(): Promise<string[]> {
  // The tag that is being released is no earlier release.
  const tags = (await git("tag", "--list", "v*", "--merged", "HEAD", "--sort=-version:refname")).split("\n");
  const tag = tags.find((name) => name !== "" && name !== values.tag);
  if (tag === undefined) return [];
  const changed = (await git("diff", "--name-only", tag, "HEAD")).split("\n");
  return checkUnreleased(manifest.version, changelog, { tag, changed });
}

async function git(...args: string[]): Promise<string> {
  return await runCommand("git", args, { cwd: packageRoot, timeoutMs: 30_000 });
}

function readText(path: string): string {
  return readFileSync(join(packageRoot, path), "utf8");
}
