// The guides that people follow: both languages have the same commands in the same places. `npm run try:guide` runs them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { marked } from "marked";
import { firstMissingLine } from "../../scripts/try-guide/compare-output.ts";
import { readGuide } from "../../scripts/try-guide/guide-blocks.ts";

const root = join(import.meta.dirname, "..", "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const guides = ["docs/installation", "docs/demo-script"];

test.each(guides)("%s has the same blocks in both languages", (guide) => {
  const commands = (path: string) =>
    readGuide(read(path)).map(({ language, text, how, exit, fault, expected }) => ({
      language,
      how,
      exit,
      fault,
      // What a program prints may be in the reader's language; whether something is shown may not differ.
      isShown: expected !== null,
      text: language === "text" ? "" : text,
    }));
  const english = commands(`${guide}.md`);
  expect(english.length).toBeGreaterThan(10);
  expect(commands(`${guide}.es.md`)).toEqual(english);
});

test.each(guides)("%s has the same headings in both languages", (guide) => {
  const depths = (path: string): number[] =>
    marked.lexer(read(path)).flatMap((token) => (token.type === "heading" ? [Number(token["depth"])] : []));
  expect(depths(`${guide}.es.md`)).toEqual(depths(`${guide}.md`));
});

test("the installation guide installs the version that this is", () => {
  const { version } = JSON.parse(read("package.json")) as { version: string };
  const named = [...read("docs/installation.md").matchAll(/audit-overlay-([\d.]+)\.tgz/g)].map((match) => match[1]);
  expect(named.length).toBeGreaterThan(1);
  expect(new Set(named)).toEqual(new Set([version]));
});

test("a guide's block is read with what its comment and the block below it say", () => {
  const guide = `# G

\`\`\`sh
one
\`\`\`

You see:

\`\`\`text
1
\`\`\`

<!-- guide: exit 3 -->
\`\`\`sh
two
\`\`\`

<!-- guide: skip -->
\`\`\`sql
three
\`\`\`

## F

<!-- guide: fault
sh four
sql five
-->
\`\`\`text
4
\`\`\`
`;
  expect(readGuide(guide)).toEqual([
    { language: "sh", text: "one", heading: "G", how: "run", exit: 0, expected: "1", fault: [] },
    { language: "sh", text: "two", heading: "G", how: "run", exit: 3, expected: null, fault: [] },
    { language: "sql", text: "three", heading: "G", how: "skip", exit: 0, expected: null, fault: [] },
    {
      language: "text",
      text: "4",
      heading: "F",
      how: "skip",
      exit: 0,
      expected: null,
      fault: [
        { language: "sh", text: "four" },
        { language: "sql", text: "five" },
      ],
    },
  ]);
  expect(() => readGuide("<!-- guide: skipp -->\n```sh\nx\n```")).toThrow("skipp");
});

test.each([
  ["the same with another time and id", "at 2026-01-05 08:00Z, 5692b516-e389-570b-8642-53a04c1f1aed", null],
  ["what stands before and after", "before\nat 2027-02-06 09:10Z, 0d6c7c1e-e389-570b-8642-53a04c1f1aed\nafter", null],
  [
    "another word",
    "on 2026-01-05 08:00Z, 5692b516-e389-570b-8642-53a04c1f1aed",
    "at 2026-01-05 08:00Z, 5692b516-e389-570b-8642-53a04c1f1aed",
  ],
])("output is compared: %s", (_name, printed, missing) => {
  expect(firstMissingLine("at 2026-01-05 08:00Z, 5692b516-e389-570b-8642-53a04c1f1aed", printed)).toBe(missing);
});

test("a guide's dots stand for the rest of a line and for any lines, and nothing else does", () => {
  expect(firstMissingLine("a …\n…\nd", "a 1\nb\nc\nd")).toBeNull();
  expect(firstMissingLine("a …\nd", "a 1\nb\nc\nd")).toBe("d");
  expect(firstMissingLine("42 sales", "142 sales")).toBe("42 sales");
});
