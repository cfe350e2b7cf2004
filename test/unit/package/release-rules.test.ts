// What is refused of a release: a version that nobody told of, changes that nobody told of, a tag that says otherwise.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  checkChangelog,
  checkTag,
  checkUnreleased,
  type ReleaseManifest,
} from "../../../scripts/package/release-rules.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const changelog = (unreleased: string, ...releases: string[]): string =>
  `# Changelog\n\n## Unreleased\n\n${unreleased}\n\n${releases.map((one) => `## ${one}\n\n### Added\n\n- A thing.\n`).join("\n")}`;
const two = ["0.2.0 - 2026-12-01", "0.1.0 - 2026-11-21"];

test("the changelog tells of the version in package.json", () => {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as ReleaseManifest;
  expect(checkChangelog(version, readFileSync(join(root, "docs", "changelog.md"), "utf8"))).toEqual([]);
});

describe("a changelog is refused", () => {
  test.each([
    ["without the version", "0.3.0", changelog("Nothing yet.", ...two), "no entry for 0.3.0"],
    ["without a date", "0.2.0", changelog("", "0.2.0", "0.1.0 - 2026-11-21"), "0.2.0 has no date"],
    ["with a date that is none", "0.2.0", changelog("", "0.2.0 - 2026-13-41", "0.1.0 - 2026-11-21"), "no date"],
    ["in the wrong order", "0.2.0", changelog("", "0.2.0 - 2026-12-01", "0.10.0 - 2026-11-21"), "stands above 0.10.0"],
    ["without Unreleased", "0.1.0", "## 0.1.0 - 2026-11-21\n\n- A thing.\n", "does not begin with"],
    ["with a version that says nothing", "0.1.0", "## Unreleased\n\n## 0.1.0 - 2026-11-21\n", "says nothing"],
  ])("%s", (_what, version, text, fault) => expect(checkChangelog(version, text).join("\n")).toContain(fault));
  test("and is not, when all is well", () =>
    expect(checkChangelog("0.2.0", changelog("Nothing yet.", ...two))).toEqual([]));
});

describe("changes since the last tag", () => {
  const since = { tag: "v0.2.0", changed: ["docs/a.md", "src/main.ts"] };
  test("nobody told of", () =>
    expect(checkUnreleased("0.2.0", changelog("Nothing yet.", ...two), since)).toHaveLength(1));
  test("told under Unreleased", () =>
    expect(checkUnreleased("0.2.0", changelog("- Another.", ...two), since)).toEqual([]));
  test("told under the next version, whose tag is still to come", () =>
    expect(checkUnreleased("0.3.0", changelog("", "0.3.0 - 2026-12-02", ...two), since)).toEqual([]));
  test("in documents only", () =>
    expect(checkUnreleased("0.2.0", changelog("", ...two), { ...since, changed: ["docs/a.md", "test/b.ts"] })).toEqual(
      [],
    ));
});

describe("a tag is refused", () => {
  const manifest = { version: "0.2.0", repository: { url: "git+https://example.com/a/b.git" } };
  const text = changelog("Nothing yet.", ...two);
  test.each([
    ["of another version", "v0.2.1", manifest, text, "package.json says 0.2.0"],
    ["while things are unreleased", "v0.2.0", manifest, changelog("- More.", ...two), "belongs under 0.2.0"],
    ["without the repository's address", "v0.2.0", { version: "0.2.0", repository: "" }, text, "`repository` is empty"],
  ])("%s", (_what, tag, about, log, fault) => expect(checkTag(tag, about, log).join("\n")).toContain(fault));
  test("and is not, when all is well", () => expect(checkTag("v0.2.0", manifest, text)).toEqual([]));
});
