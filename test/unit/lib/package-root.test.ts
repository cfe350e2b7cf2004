// Where a hint's documents are for who installed the package: at their full path, if they are there; in a clone as they are named.
import { join } from "node:path";
import { expect, test } from "vitest";
import { locateFiles, packageRoot } from "../../../src/lib/package-root.ts";

test("a document and an example are told with their whole path", () => {
  const hint =
    "See docs/alerts.md. schema/rules/pharmacy.yaml explains it; docs/nosuch.md does not, nor mydocs/alerts.md.";
  const [alerts, pack] = [join(packageRoot, "docs/alerts.md"), join(packageRoot, "schema/rules/pharmacy.yaml")];
  expect(locateFiles(hint, packageRoot)).toBe(
    `See ${alerts}. ${pack} explains it; docs/nosuch.md does not, nor mydocs/alerts.md.`,
  );
});

test("in a clone nothing changes", () => expect(locateFiles("See docs/alerts.md.")).toBe("See docs/alerts.md."));
