// docs/summaries.md shows the words that rules really write.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { renderSummariesDocument } from "../../scripts/summaries-document.ts";
import { packageRoot } from "../../src/lib/package-root.ts";

it("the examples of docs/summaries.md are up to date (`node scripts/summaries-document.ts` writes them)", async () => {
  expect(await renderSummariesDocument()).toBe(readFileSync(join(packageRoot, "docs", "summaries.md"), "utf8"));
});
