// docs/mcp.md holds what the SDK's own client really got.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { renderMcpDocument } from "../../scripts/mcp-transcript.ts";
import { packageRoot } from "../../src/lib/package-root.ts";

it("the tools and the transcript of docs/mcp.md are up to date (`node scripts/mcp-transcript.ts` writes them)", async () => {
  expect(await renderMcpDocument()).toBe(readFileSync(join(packageRoot, "docs", "mcp.md"), "utf8"));
});
