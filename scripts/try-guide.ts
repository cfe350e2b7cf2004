// Follows a guide to the letter, as a tired person would: `installation` or `demo`, `--lang en|es`. Takes the blocks from
// the document itself, runs them in order in an empty container (SQL at the server, as its administrator), compares what
// comes with what the guide shows, and ends with the time it took to the first traced event. Needs Docker.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { packageRoot } from "../src/lib/package-root.ts";
import { packInto } from "./package/pack.ts";
import { readGuide } from "./try-guide/guide-blocks.ts";
import { setStage } from "./try-guide/stage.ts";
import { walkGuide } from "./try-guide/walk-guide.ts";

const guides = { installation: "docs/installation", demo: "docs/demo-script" };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { lang: { type: "string", default: "en" }, tarball: { type: "string" } },
});
const guide = positionals[0] ?? "installation";
if (!(guide in guides) || !["en", "es"].includes(values.lang)) {
  process.stderr.write("usage: node scripts/try-guide.ts [installation | demo] [--lang en | es] [--tarball FILE]\n");
  process.exit(2);
}
const path = `${guides[guide as keyof typeof guides]}${values.lang === "es" ? ".es" : ""}.md`;
const packed = mkdtempSync(join(tmpdir(), "try-guide-"));
try {
  const tarball = values.tarball ?? (await packInto(packed));
  await using stage = await setStage(tarball, guide === "installation");
  const blocks = readGuide(readFileSync(join(packageRoot, path), "utf8"));
  const ok = await walkGuide({
    path,
    blocks,
    stage,
    lang: values.lang,
    print: (line) => process.stdout.write(`${line}\n`),
  });
  process.exitCode = ok ? 0 : 1;
} finally {
  rmSync(packed, { recursive: true, force: true });
}
