// Says what is wrong with the package that `npm publish` would send: `node scripts/check-package.ts [tarball]`. Without a tarball
// it packs one, and removes it again. Exit status 1 where something is wrong.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { checkContents } from "./package/contents.ts";
import { manifestOf, packInto, readPackage } from "./package/pack.ts";
import { describeSize } from "./package/render.ts";

const folder = await mkdtemp(join(tmpdir(), "audit-overlay-package-"));
try {
  const given = process.argv[2];
  const packed = await readPackage(
    given === undefined ? await packInto(folder) : resolve(given),
    join(folder, "files"),
  );
  const faults = checkContents(packed.files, manifestOf(packed));
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  process.stdout.write(
    `${describeSize(packed)}; ${faults.length === 0 ? "nothing is wrong" : `${faults.length} faults`}\n`,
  );
  process.exitCode = faults.length === 0 ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
