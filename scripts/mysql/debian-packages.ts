// Gives a server program from Debian's own packages, unpacked below the cache folder: nothing is installed, and
// it runs on any Linux with apt, as it brings its own C library and loader.

import { readdir, rm, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";

import { cachePath, exists, fillOnce } from "./cache-folder.ts";
import { programVersion } from "./installed.ts";
import type { Flavor, OpenRequest, ServerProgram } from "./local-server.ts";
import { downloadPackages } from "./private-apt.ts";
import { runCommand } from "./run-command.ts";

const UNPACK_TIMEOUT_MS = 120_000;
// Perl is for the scripts beside the server; documentation packages of the compiler hold no library.
const UNUSED = /^(perl|libperl|libgdbm|gcc-\d+-base$|debconf)/;

interface Recipe {
  release: string;
  packages: readonly string[];
  server: string;
  client: string;
}

// MySQL is only in Debian's unstable release; MariaDB 10.11 is that of Debian 12.
const RECIPES: Record<Flavor, Recipe> = {
  mysql: {
    release: "sid",
    packages: ["mysql-server-core", "mysql-client-core"],
    server: "usr/sbin/mysqld",
    client: "usr/bin/mysql",
  },
  mariadb: {
    release: "bookworm",
    packages: ["mariadb-server-core", "mariadb-client-core"],
    server: "usr/sbin/mariadbd",
    client: "usr/bin/mariadb",
  },
};

export async function unpackDebianPackages({ flavor, log, signal }: OpenRequest): Promise<ServerProgram> {
  if (process.platform !== "linux") throw new Error("Debian packages run on Linux only");
  for (const tool of ["apt-get", "dpkg-deb"]) await runCommand(tool, ["--version"], { timeoutMs: 10_000, signal });
  const { release, packages } = RECIPES[flavor];
  const folder = packageFolder(flavor);
  const tell = (line: string): void => log(`${flavor}: ${line}`);
  await fillOnce(
    folder,
    async (part) => {
      const debs = await downloadPackages(part, { release, packages, unused: UNUSED, log: tell, signal });
      tell("unpacking");
      await unpackAll(debs, part, signal);
      await rm(debs, { recursive: true });
      await rm(join(part, "apt"), { recursive: true });
      await rm(join(part, "usr/share/doc"), { recursive: true, force: true });
      // Says at once, and before the folder counts as complete, if a library is missing.
      await programVersion(await commandIn(part, RECIPES[flavor].server));
      await writeClient(part, RECIPES[flavor].client);
    },
    signal,
  );
  return await describe(flavor, folder);
}

/** A script that runs the unpacked command line client; undefined if nothing is unpacked. */
export async function unpackedClient(flavor: Flavor): Promise<string | undefined> {
  const path = join(packageFolder(flavor), "client");
  return (await exists(path)) ? path : undefined;
}

function packageFolder(flavor: Flavor): string {
  return cachePath("debian", `${flavor}-${RECIPES[flavor].release}-${process.arch}`);
}

async function unpackAll(debs: string, into: string, signal: AbortSignal | undefined): Promise<void> {
  const waiting = await readdir(debs);
  const worker = async (): Promise<void> => {
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      await runCommand("dpkg-deb", ["-x", join(debs, name), into], { timeoutMs: UNPACK_TIMEOUT_MS, signal });
    }
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, worker));
}

async function describe(flavor: Flavor, folder: string): Promise<ServerProgram> {
  const command = await commandIn(folder, RECIPES[flavor].server);
  const share = join(folder, "usr/share/mysql");
  return {
    flavor,
    version: await programVersion(command),
    way: `Debian packages, unpacked (${RECIPES[flavor].packages[0]} of ${RECIPES[flavor].release})`,
    command,
    placeArguments: [
      `--basedir=${join(folder, "usr")}`,
      `--lc_messages_dir=${share}`,
      `--character_sets_dir=${join(share, "charsets")}`,
      `--plugin_dir=${join(folder, "usr/lib/mysql/plugin")}`,
    ],
    shareFolders: [share],
  };
}

/** A program of another release runs with the loader and the libraries of that release. */
async function commandIn(folder: string, program: string): Promise<[string, ...string[]]> {
  const libraries: string[] = [];
  for (const above of ["usr/lib", "lib"]) {
    const names = await readdir(join(folder, above)).catch(() => []);
    libraries.push(...names.filter((name) => /-linux-gnu/.test(name)).map((name) => join(folder, above, name)));
  }
  for (const library of libraries) {
    const loader = (await readdir(library)).find((name) => /^ld(64|-linux)?[\w-]*\.so\.\d+$/.test(name));
    if (loader === undefined) continue;
    return [join(library, loader), "--library-path", libraries.join(":"), join(folder, program)];
  }
  throw new Error(`no loader (ld-linux*.so) in ${folder}`);
}

async function writeClient(folder: string, client: string): Promise<void> {
  const command = (await commandIn(folder, client)).map((part) => part.replaceAll(`${folder}/`, '"$here"/'));
  const script = `#!/bin/sh\nhere=$(dirname "$(readlink -f "$0")")\nexec ${command.join(" ")} "$@"\n`;
  await writeFile(join(folder, "client"), script, { mode: 0o755 });
}
