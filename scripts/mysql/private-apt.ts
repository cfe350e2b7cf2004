// Takes a Debian release and package names; gives the packages and all they need, downloaded and
// checked by apt with lists, state and cache of its own, so that this machine's are left as they are.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { exists } from "./cache-folder.ts";
import { debianMirrors } from "./debian-mirrors.ts";
import { messageOf } from "./local-server.ts";
import { runCommand } from "./run-command.ts";

const UPDATE_TIMEOUT_MS = 180_000;
const DOWNLOAD_TIMEOUT_MS = 900_000;
const KEYRINGS = ["gpg", "pgp"].map((ending) => `/usr/share/keyrings/debian-archive-keyring.${ending}`);
const PROGRESS_STEP_PERCENT = 20;

export interface PackageOrder {
  readonly release: string;
  readonly packages: readonly string[];
  /** Packages that the closure asks for and nothing we run uses. */
  readonly unused: RegExp;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal | undefined;
}

/** Downloads into `folder`/debs, using `folder`/apt; returns the folder with the packages. */
export async function downloadPackages(folder: string, order: PackageOrder): Promise<string> {
  const apt = new PrivateApt(join(folder, "apt"), order);
  const closure = await apt.resolve();
  const bytes = closure.reduce((sum, { size }) => sum + size, 0);
  order.log(`downloading ${closure.length} Debian packages, ${Math.round(bytes / 1e6)} MB`);
  const debs = join(folder, "debs");
  await mkdir(debs);
  await apt.download(
    closure.map(({ name }) => name),
    debs,
  );
  return debs;
}

interface Package {
  name: string;
  size: number;
}

class PrivateApt {
  readonly #folder: string;
  readonly #order: PackageOrder;

  constructor(folder: string, order: PackageOrder) {
    this.#folder = folder;
    this.#order = order;
  }

  async resolve(): Promise<Package[]> {
    const { log, release, packages, unused } = this.#order;
    const keyring = await firstKeyring();
    const problems: string[] = [];
    for (const mirror of await debianMirrors()) {
      try {
        await this.#prepare(`deb [signed-by=${keyring}] ${mirror} ${release} main\n`);
        log(`reading the package lists of Debian ${release}`);
        await this.#aptGet(["update"], UPDATE_TIMEOUT_MS);
        const uris = await this.#aptGet(
          ["install", "--print-uris", "--yes", "--no-install-recommends", ...packages],
          UPDATE_TIMEOUT_MS,
        );
        return parseUris(uris).filter(({ name }) => !unused.test(name));
      } catch (error) {
        this.#order.signal?.throwIfAborted();
        problems.push(`${mirror}: ${messageOf(error)}`);
      }
    }
    throw new Error(problems.join("; "));
  }

  async download(names: readonly string[], into: string): Promise<void> {
    let told = 0;
    const onLine = (line: string): void => {
      const percent = Number(/^dlstatus:\d+:([\d.]+):/.exec(line)?.[1] ?? 0);
      if (percent < told + PROGRESS_STEP_PERCENT) return;
      told = Math.floor(percent / PROGRESS_STEP_PERCENT) * PROGRESS_STEP_PERCENT;
      this.#order.log(`downloading: ${told} %`);
    };
    await this.#aptGet(["-o", "APT::Status-Fd=1", "download", ...names], DOWNLOAD_TIMEOUT_MS, { cwd: into, onLine });
  }

  async #aptGet(
    args: readonly string[],
    timeoutMs: number,
    more: { cwd?: string; onLine?: (line: string) => void } = {},
  ): Promise<string> {
    const all = ["-c", join(this.#folder, "apt.conf"), "--quiet", ...args];
    const env = { ...process.env, LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" };
    return await runCommand("apt-get", all, { ...more, env, timeoutMs, signal: this.#order.signal });
  }

  async #prepare(source: string): Promise<void> {
    for (const path of ["state/lists/partial", "cache/archives/partial", "empty"]) {
      await mkdir(join(this.#folder, path), { recursive: true });
    }
    await writeFile(join(this.#folder, "status"), "");
    await writeFile(join(this.#folder, "sources.list"), source);
    await writeFile(join(this.#folder, "apt.conf"), configuration(this.#folder));
  }
}

async function firstKeyring(): Promise<string> {
  for (const path of KEYRINGS) if (await exists(path)) return path;
  throw new Error(`Debian's signing keys are not here (${KEYRINGS[0]}): apt-get install debian-archive-keyring`);
}

// The machine's own configuration is read before this one, which keeps its proxy; its hooks and pins
// must not act on its behalf here. `Sandbox::User`: the user _apt may not write below a home folder.
function configuration(folder: string): string {
  return `
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Post-Invoke;
#clear DPkg::Pre-Install-Pkgs;
Dir::Etc::sourcelist "${folder}/sources.list";
Dir::Etc::sourceparts "${folder}/empty";
Dir::Etc::preferences "${folder}/empty/none";
Dir::Etc::preferencesparts "${folder}/empty";
Dir::State "${folder}/state";
Dir::State::status "${folder}/status";
Dir::Cache "${folder}/cache";
APT::Sandbox::User "root";
APT::Get::List-Cleanup "false";
APT::Update::Error-Mode "any";
APT::Install-Suggests "false";
Acquire::Check-Valid-Until "false";
Acquire::Languages "none";
Acquire::Retries "2";
Acquire::http::Timeout "30";
Acquire::https::Timeout "30";
`;
}

// Lines such as 'http://…/libc6_2.43-7_amd64.deb' libc6_2.43-7_amd64.deb 1866392 SHA256:…
function parseUris(text: string): Package[] {
  const lines = text.matchAll(/^'[^']+' ([^_\s]+)_\S+\.deb (\d+)\b/gm);
  const found = [...lines].map(([, name, size]) => ({ name: name ?? "", size: Number(size) }));
  if (found.length === 0) throw new Error("apt-get names no packages to download");
  return found;
}
