// Run while the image is built, beside node_modules and sbom.cdx.json: removes SQLite's binaries for other platforms, its
// source, and the types and maps of libraries. Then loads what is left and compares it with the SBOM, so that an image in which
// SQLite does not start, or with a package that nobody listed, is never made.
import { globSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const modules = join(process.cwd(), "node_modules");
const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));

const sqlite = join(modules, "better-sqlite3");
const kept = `${process.platform}-${process.arch}.node`;
for (const name of readdirSync(join(sqlite, "prebuilds"))) if (name !== kept) rmSync(join(sqlite, "prebuilds", name));
for (const name of ["deps", "src", "binding.gyp"]) rmSync(join(sqlite, name), { recursive: true, force: true });
for (const path of globSync("**/*.{map,d.ts,d.mts,d.cts}", { cwd: modules })) rmSync(join(modules, path));

const Database = createRequire(join(modules, "beside.js"))("better-sqlite3");
const [version] = new Database(":memory:").prepare("SELECT sqlite_version()").raw().get();

const listed = new Set(
  readJson("sbom.cdx.json").components.map((component) => `${component.name}@${component.version}`),
);
const installed = Object.entries(readJson(join(modules, ".package-lock.json")).packages).map(
  ([path, entry]) => `${entry.name ?? path.split("node_modules/").at(-1)}@${entry.version}`,
);
const unlisted = installed.filter((name) => !listed.has(name));
if (unlisted.length > 0) throw new Error(`the SBOM lacks ${unlisted.length} packages: ${unlisted.join(" ")}`);

process.stdout.write(`SQLite ${version} from ${kept}; ${installed.length} packages, each of them in the SBOM\n`);
