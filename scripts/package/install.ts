// Installs a tarball globally into an empty prefix, with an empty home and next to nothing on the PATH; gives how long it took
// and how much there is.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../mysql/run-command.ts";
import type { NodeRelease } from "./node-release.ts";

export interface Installation {
  prefix: string;
  auditctl: string;
  seconds: number;
  bytes: number;
  packages: number;
}

const installTimeoutMs = 900_000;

/** @param more such as `--ignore-scripts`. */
export async function installGlobally(
  node: NodeRelease,
  tarball: string,
  { folder, more = [] }: { folder: string; more?: readonly string[] },
): Promise<Installation> {
  const [prefix, home] = [join(folder, "prefix"), join(folder, "home")];
  await mkdir(home, { recursive: true });
  const registry = (await runCommand("npm", ["config", "get", "registry"], { timeoutMs: 30_000 })).trim();
  const certificates = process.env["NODE_EXTRA_CA_CERTS"];
  const env = {
    PATH: node.barePath,
    HOME: home,
    ...(certificates === undefined ? {} : { NODE_EXTRA_CA_CERTS: certificates }),
  };
  const args = [node.npmProgram, "install", "--global", "--prefix", prefix, "--registry", registry, ...more, tarball];
  const startedAt = performance.now();
  await runCommand(node.program, args, { cwd: folder, env, timeoutMs: installTimeoutMs });
  const seconds = (performance.now() - startedAt) / 1_000;
  const kilobytes = await runCommand("du", ["-sk", "--apparent-size", prefix], { timeoutMs: 60_000 });
  const found = await runCommand("find", [prefix, "-path", "*node_modules/*", "-name", "package.json"], {
    timeoutMs: 60_000,
  });
  // A package's own, and not one of the fixtures or builds below it.
  const packages = found.split("\n").filter((path) => /node_modules\/(?:@[^/]+\/)?[^/]+\/package\.json$/.test(path));
  return {
    prefix,
    auditctl: join(prefix, "bin", "auditctl"),
    seconds,
    bytes: Number(kilobytes.split("\t")[0]) * 1_024,
    packages: packages.length,
  };
}
