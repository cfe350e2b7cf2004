// Packs the project, checks what is in the package, and tries it on Node.js 22, 24 and 26 as a newcomer would: a global
// installation into an empty prefix without a compiler, `--version` twenty times, the demo, its first steps, every command.
//   node scripts/try-package.ts [--node 22] [--days 14] [--tarball audit-overlay-0.1.0.tgz] [--json]
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { commandPaths, firstSteps, laterCalls, makeCalls, uncalled } from "./package/command-calls.ts";
import { checkContents } from "./package/contents.ts";
import { runDemo } from "./package/demo-run.ts";
import { installGlobally } from "./package/install.ts";
import { type InstalledCli, installedCli, runExpecting } from "./package/installed-cli.ts";
import { getNode, supportedMajors } from "./package/node-release.ts";
import { manifestOf, packInto, type Package, readPackage } from "./package/pack.ts";
import { describeSize, describeTrial, median, type Trial } from "./package/render.ts";
import { callService } from "./package/service-call.ts";

const versionRuns = 20;
const versionMsMax = 150;
const interrupted = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const)
  process.once(name, () => interrupted.abort(new Error("interrupted")));

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Says what comes next, unless somebody wants it to end. */
function begin(what: string): void {
  interrupted.signal.throwIfAborted();
  say(what);
}

const { values } = parseArgs({
  options: {
    node: { type: "string", multiple: true, default: [...supportedMajors] },
    days: { type: "string", default: "14" },
    tarball: { type: "string" },
    json: { type: "boolean", default: false },
  },
});

async function tryOn(major: string, packed: Package, work: string): Promise<Trial> {
  begin(`Node.js ${major}: getting it …`);
  const folder = join(work, `node-${major}`);
  const node = await getNode(major, join(folder, "runtime"));
  begin(`Node.js ${node.version}, npm ${node.npmVersion}: installing, nothing but node, env and sh on the PATH …`);
  const installed = await installGlobally(node, packed.tarball, { folder: join(folder, "usual") });
  const without = await installGlobally(node, packed.tarball, {
    folder: join(folder, "scriptless"),
    more: ["--ignore-scripts"],
  });
  const stand = join(folder, "stand");
  await mkdir(stand);
  const cli = installedCli(node, installed, stand);
  const versionMs = await timeVersion(cli, packed.version);
  const helpMs = (await runExpecting(cli, ["--help"], { says: "auditctl trace" })).milliseconds;

  const paths = await commandPaths();
  const families = new Set(paths.map(([family = ""]) => family));
  for (const path of paths) await runExpecting(cli, [...path, "--help"], { says: "Usage" });
  begin(`${paths.length} commands say their --help. The demo …`);

  const store = join(stand, "copy.db");
  let calls = 0;
  let steps: ReturnType<typeof firstSteps>;
  let demo: { way: string; seconds: number };
  {
    await using running = await runDemo(node, installed, {
      folder: stand,
      cache: join(work, "cache"),
      days: values.days,
      signal: interrupted.signal,
    });
    demo = { way: running.way, seconds: running.seconds };
    begin(`${demo.seconds.toFixed(0)} s, its server from: ${demo.way}. First steps beside it …`);
    steps = firstSteps(running);
    calls += await makeCalls(cli, steps, families);
  }
  // The demo has ended in order, so the one file is the whole store.
  await cp(join(stand, "demo.db"), store);
  const listed = await runExpecting(cli, [
    "events",
    "list",
    "--type",
    "sale.completed",
    "--limit",
    "1",
    "--json",
    "--store",
    store,
  ]);
  const [event] = (JSON.parse(listed.output) as { items: { business_event_id: string }[] }).items;
  const later = laterCalls(cli, store, event?.business_event_id ?? "");
  calls += await makeCalls(cli, later, families);
  const left = uncalled(families, [...steps, ...later]);
  if (left.length > 0) throw new Error(`no call tries: auditctl ${left.join(", ")}`);
  await runExpecting(installedCli(node, without, stand), ["verify", "--store", store], { says: "VERIFIED" });
  const serviceMs = await callService(node, installed, store);
  return {
    node: node.version,
    npm: node.npmVersion,
    install: installed,
    scriptlessSeconds: without.seconds,
    versionMs,
    helpMs,
    commands: paths.length,
    calls,
    demo,
    serviceMs,
  };
}

async function timeVersion(cli: InstalledCli, version: string): Promise<number[]> {
  const times: number[] = [];
  for (let run = 0; run < versionRuns; run += 1)
    times.push((await runExpecting(cli, ["--version"], { says: version })).milliseconds);
  return times;
}

const work = await mkdtemp(join(tmpdir(), "audit-overlay-package-"));
try {
  if (values.tarball === undefined) say("Packing …");
  const tarball = values.tarball === undefined ? await packInto(work) : resolve(values.tarball);
  const packed = await readPackage(tarball, join(work, "files"));
  const faults = checkContents(packed.files, manifestOf(packed));
  if (faults.length > 0) throw new Error(`the package is not fit to publish:\n${faults.join("\n")}`);
  const trials: Trial[] = [];
  for (const major of values.node) trials.push(await tryOn(major, packed, work));
  const { tarball: _path, files, ...size } = packed;
  const lines = [describeSize(packed), ...trials.flatMap((trial) => ["", ...describeTrial(trial)])];
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ package: { ...size, files: files.length }, trials }, null, 2)}\n`
      : `${lines.join("\n")}\n`,
  );
  const slow = trials.filter(({ versionMs }) => median(versionMs) >= versionMsMax);
  if (slow.length > 0)
    throw new Error(`--version takes ${versionMsMax} ms or more on ${slow.map(({ node }) => node).join(", ")}`);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  await rm(work, { recursive: true, force: true });
}
