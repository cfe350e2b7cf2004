// Packs the project as it would be published, into a folder; gives the tarball with its sizes and its files.
import { readFileSync, statSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../../src/lib/package-root.ts";
import { runCommand } from "../mysql/run-command.ts";
import type { PackedFile } from "./contents.ts";

export interface Package {
  tarball: string;
  version: string;
  bytes: number;
  unpackedBytes: number;
  files: PackedFile[];
}

/** `prepack` builds dist/ first. */
export async function packInto(folder: string): Promise<string> {
  const args = ["pack", "--silent", "--pack-destination", folder];
  const printed = await runCommand("npm", args, { cwd: packageRoot, timeoutMs: 180_000 });
  return join(folder, printed.trim().split("\n").at(-1) ?? "");
}

export async function readPackage(tarball: string, folder: string): Promise<Package> {
  await mkdir(folder, { recursive: true });
  await runCommand("tar", ["-xzf", tarball, "-C", folder], { timeoutMs: 60_000 });
  const listed = await runCommand("tar", ["-tzf", tarball], { timeoutMs: 60_000 });
  const files = listed
    .split("\n")
    .filter((path) => path !== "" && !path.endsWith("/"))
    .map((path) => {
      const content = readFileSync(join(folder, path));
      return { path: path.replace(/^package\//, ""), bytes: content.length, text: content.toString("utf8") };
    });
  const manifest = JSON.parse(readFileSync(join(folder, "package", "package.json"), "utf8")) as { version: string };
  const unpackedBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  return { tarball, version: manifest.version, bytes: statSync(tarball).size, unpackedBytes, files };
}

/** @returns the parsed package.json of the package. */
export function manifestOf({ files }: Package): { bin: Record<string, string>; dependencies: Record<string, string> } {
  return JSON.parse(files.find(({ path }) => path === "package.json")?.text ?? "{}") as ReturnType<typeof manifestOf>;
}
