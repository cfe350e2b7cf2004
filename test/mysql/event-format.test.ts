// docs/event-format.md is what real servers give: its cases are run again, and what comes of them is the document to the letter.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { observe } from "../../scripts/event-format/observe.ts";
import { renderEventFormat } from "../../scripts/event-format/render.ts";
import { packageRoot } from "../../src/lib/package-root.ts";

test("docs/event-format.md is up to date (`npm run event-format` writes it)", async () => {
  const [mysql, mariadb] = await Promise.all([
    observe("mysql", inject("mysql")),
    observe("mariadb", inject("mariadb")),
  ]);
  expect(renderEventFormat({ mysql, mariadb })).toBe(
    readFileSync(join(packageRoot, "docs", "event-format.md"), "utf8"),
  );
});
