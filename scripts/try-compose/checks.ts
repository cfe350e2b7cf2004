// What a trial has to find, each as a question to the stack: gives a line with what was found, or throws with what is wrong.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { splitStatements } from "../../generator/create-pharmacy.ts";
import type { TradeTruth } from "../../generator/truth.ts";
import { packageRoot, packageVersion } from "../../src/lib/package-root.ts";
import type { StoreStatus } from "../../src/model/trace.ts";
import type { Stack } from "./stack.ts";

const overlay = "audit-overlay";
const demoServices = [overlay, "mysql", "generator"];

export function must(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

/** The generator prints it as its last line. */
export async function readTruth(stack: Stack): Promise<TradeTruth> {
  const line = (await stack.logs("generator")).split("\n").find((text) => text.includes('"businessEvents"')) ?? "";
  must(line !== "", "the generator has not said what it played");
  return JSON.parse(line.slice(line.indexOf("{"))) as TradeTruth;
}

/** Row changes that the trail must hold: what was played, and the statements that made the tables. */
export async function expectedChanges(truth: TradeTruth): Promise<number> {
  const tables = splitStatements(await readFile(join(packageRoot, "schema/demo/pharmacy.sql"), "utf8"));
  return truth.rowChanges + tables.length + createDatabase;
}
const createDatabase = 1;

export async function checkNothingMissing(status: StoreStatus, truth: TradeTruth): Promise<string> {
  must(status.coverage !== null, "the trail holds nothing");
  const { change_events, business_events, gaps } = status.coverage;
  const wanted = await expectedChanges(truth);
  must(change_events === wanted, `the trail holds ${change_events} row changes, the server wrote ${wanted}`);
  const played: Record<string, number> = truth.businessEvents;
  const inferred: Record<string, number> = status.business_events_by_type;
  const types = new Set([...Object.keys(played), ...Object.keys(inferred)]);
  const wrong = [...types].filter((type) => played[type] !== inferred[type]);
  must(wrong.length === 0, `business events differ from what was played: ${wrong.join(", ")}`);
  must(gaps.length === 0, "the trail has gaps");
  return `${change_events} row changes and ${business_events} business events, equal to what the generator counted, no gaps`;
}

export async function checkConfined(stack: Stack): Promise<string> {
  const inside = (script: string): Promise<string> => stack.compose("exec", "-T", overlay, "sh", "-c", script);
  const user = await inside("id -u");
  must(user === "1000", `it runs as uid ${user}`);
  const written = await inside("for f in /app /etc /usr /; do touch $f/planted 2>&1 && echo WRITTEN; done; true");
  must(!written.includes("WRITTEN"), `a file could be written: ${written}`);
  const status = await inside("grep -E '^(CapEff|CapBnd|NoNewPrivs):' /proc/1/status");
  must(/CapEff:\s0+$/m.test(status) && /CapBnd:\s0+$/m.test(status), `it has capabilities: ${status}`);
  must(/NoNewPrivs:\s1$/m.test(status), "it may gain privileges");
  const foreign = await inside("ls /app/node_modules/better-sqlite3/prebuilds; command -v npm gcc make || true");
  must(foreign.split("\n").length === 1, `there is more in it than it needs: ${foreign}`);
  return "uid 1000, read-only, no capabilities, no new privileges, no package manager, no compiler";
}

/** Everything Docker would show or log of the demo. */
async function shownByDocker(stack: Stack): Promise<string[]> {
  const ofContainers = demoServices.map(async (service) => [
    await stack.logs(service),
    await stack.docker("inspect", await stack.container(service)),
  ]);
  const ofImage = [
    await stack.docker("image", "inspect", stack.image),
    await stack.docker("history", "--no-trunc", stack.image),
  ];
  return [...(await Promise.all(ofContainers)).flat(), ...ofImage];
}

export async function checkNoSecrets(stack: Stack, token: string): Promise<string> {
  const secrets = { ...stack.secrets, "the HTTP token": token };
  // That they are looked for in the right spelling: where they are meant to be, they are found.
  const mounted = await stack.compose("exec", "-T", overlay, "cat", "/run/secrets/audit_password");
  must(mounted.includes(stack.secrets["the account's password"] ?? "?"), "the planted password is not in use");
  const shown = await shownByDocker(stack);
  for (const [what, secret] of Object.entries(secrets))
    for (const text of shown) must(!text.includes(secret), `${what} is shown: ${contextOf(text, secret)}`);
  const kilobytes = Math.round(shown.reduce((sum, { length }) => sum + length, 0) / 1_000);
  return `${Object.keys(secrets).length} planted secrets, found 0 times in ${kilobytes} kB of logs, inspect and history`;
}

function contextOf(text: string, secret: string): string {
  const line = text.split("\n").find((each) => each.includes(secret)) ?? "";
  return line.replaceAll(secret, "***").trim().slice(0, 200);
}

export async function checkLabels(stack: Stack): Promise<string> {
  const labels = JSON.parse(
    await stack.docker("image", "inspect", "-f", "{{json .Config.Labels}}", stack.image),
  ) as Record<string, string>;
  const label = (name: string): string | undefined => labels[`org.opencontainers.image.${name}`];
  must(label("version") === packageVersion, `the label says version ${label("version")}`);
  must(label("revision") === stack.revision, `the label says revision ${label("revision")}`);
  for (const name of ["title", "licenses", "documentation"]) must(Boolean(label(name)), `there is no label ${name}`);
  const sbom = JSON.parse(await stack.compose("exec", "-T", overlay, "cat", "/app/sbom.cdx.json")) as {
    components: unknown[];
  };
  return `version ${label("version")}, revision ${label("revision")?.slice(0, 12)}, SBOM of ${sbom.components.length} packages`;
}

/** Seconds from the start of the container until a line of its log. */
export async function secondsUntilLogged(stack: Stack, wanted: RegExp): Promise<number> {
  const startedAt = Date.parse(await stack.inspect(overlay, "{{.State.StartedAt}}"));
  const times = (await stack.logs(overlay))
    .split("\n")
    .map((line) => ({ at: Date.parse(line.slice(0, line.indexOf(" "))), text: line.slice(line.indexOf(" ") + 1) }))
    .filter(({ at, text }) => at >= startedAt && wanted.test(text));
  must(times.length > 0, `the log of audit-overlay has no ${wanted.source} since it was started`);
  return (Math.min(...times.map(({ at }) => at)) - startedAt) / 1_000;
}
