// The trial itself, in the order in which a person would do it. Throws at the first thing that does not hold.
import { once } from "node:events";
import { get } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import {
  checkConfined,
  checkLabels,
  checkNoSecrets,
  checkNothingMissing,
  expectedChanges,
  must,
  readTruth,
  secondsUntilLogged,
} from "./checks.ts";
import { type Stack, until } from "./stack.ts";

const overlay = "audit-overlay";
const base = "node:24-bookworm-slim";
/** The trail holds so much when the process is killed; the generator plays ten times as much. */
const killAfterTransactions = 800;
const drainSecondsMax = 10;

type Print = (line: string) => void;

export async function runTrial(stack: Stack, print: Print, signal: AbortSignal): Promise<void> {
  print(`checked out ${stack.revision.slice(0, 12)}; docker compose --profile demo up -d …`);
  await startDemo(stack, print);
  const heldAtKill = await killInTheMiddle(stack, print, signal);
  await waitForAll(stack, heldAtKill, print, signal);
  await askTheTrail(stack, print);
  print(await checkConfined(stack));
  print(await checkLabels(stack));
  const token = await askOverHttp(stack, print);
  await stopAndStart(stack, token, print, signal);
  await startWithoutServer(stack, print, signal);
  await stack.compose("up", "-d");
  await until(
    "a second `up` finds nothing to play",
    async () => (await exitOf(stack, "generator")) === "exited 0",
    signal,
  );
  print("a second `up`: the generator finds its pharmacy and ends with 0");
  print(await checkNoSecrets(stack, token));
}

/** As the document says it: one command, which builds the image too. */
async function startDemo(stack: Stack, print: Print): Promise<void> {
  const startedAt = performance.now();
  await stack.compose("up", "-d");
  const seconds = (performance.now() - startedAt) / 1_000;
  const bytesOf = async (image: string) => Number(await stack.docker("image", "inspect", "-f", "{{.Size}}", image));
  const [all, below] = [await bytesOf(stack.image), await bytesOf(base)];
  print(`built and started in ${seconds.toFixed(0)} s`);
  print(`the image has ${megabytes(all)} MB, of which ${megabytes(all - below)} MB are not ${base}`);
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);

async function isHealthy(stack: Stack): Promise<boolean> {
  return (await stack.inspect(overlay, "{{.State.Status}} {{.State.Health.Status}}")) === "running healthy";
}

async function exitOf(stack: Stack, service: string): Promise<string> {
  return await stack.inspect(service, "{{.State.Status}} {{.State.ExitCode}}");
}

/** Gives how many transactions the trail held just before. */
async function killInTheMiddle(stack: Stack, print: Print, signal: AbortSignal): Promise<number> {
  // Asked before there is a store, it answers with an error.
  const transactions = async (): Promise<number> =>
    (await stack.status().catch(() => undefined))?.coverage?.transactions ?? 0;
  let held = 0;
  await until("there is something to lose", async () => (held = await transactions()) > killAfterTransactions, signal);
  await stack.docker("kill", await stack.container(overlay));
  const exit = await exitOf(stack, overlay);
  must(exit === "exited 137", `after docker kill audit-overlay is ${exit}`);
  const generator = await exitOf(stack, "generator");
  const started = await secondsUntilLogged(stack, /^RUNNING/);
  print(`from the container's start to RUNNING on a new trail ${started.toFixed(2)} s`);
  // Something has to happen while nobody listens.
  await delay(1_000, undefined, { signal });
  await stack.compose("up", "-d", "--no-deps", overlay);
  await until("audit-overlay answers again", () => isHealthy(stack), signal);
  const now = await transactions();
  print(`docker kill at ${held} transactions (exit 137; the generator: ${generator}), up again: ${now} so far`);
  return held;
}

async function waitForAll(stack: Stack, heldAtKill: number, print: Print, signal: AbortSignal): Promise<void> {
  await until("the generator has played", async () => (await exitOf(stack, "generator")).startsWith("exited"), signal);
  const exit = await exitOf(stack, "generator");
  must(exit === "exited 0", `the generator ${exit}; \`logs generator\` says why`);
  const truth = await readTruth(stack);
  // On a slow machine all may have been played before, but not read.
  must(heldAtKill < truth.transactions, "the trail held everything before the kill: nothing was tried");
  const wanted = await expectedChanges(truth);
  let held = 0;
  const holdsAll = async (): Promise<boolean> => {
    const { coverage, detection } = await stack.status();
    if ((coverage?.change_events ?? 0) > held)
      print(`${(held = coverage?.change_events ?? 0)} row changes of ${wanted}`);
    return held >= wanted && detection?.behind === 0;
  };
  await until(`the trail holds ${wanted} row changes and detection has read them`, holdsAll, signal);
  const status = await stack.status();
  print(`the generator ended with 0. ${await checkNothingMissing(status, truth)}`);
  const anomalies = status.anomalies.reduce((sum, { count }) => sum + count, 0);
  must(anomalies > 0, "no anomaly was found");
  print(`${anomalies} anomalies found, of ${truth.anomalies.length} played`);
}

async function askTheTrail(stack: Stack, print: Print): Promise<void> {
  const trace = await stack.auditctl("trace", "sale", "1");
  must(trace.includes("Sale completed"), `trace sale 1 answers: ${trace}`);
  print(`auditctl trace sale 1\n${trace.split("\n").slice(0, 8).join("\n")}\n…`);
  // Its exit status is not 0 when a byte is wrong.
  print(`auditctl verify\n${await stack.auditctl("verify")}`);
}

/** Gives the token. */
async function askOverHttp(stack: Stack, print: Print): Promise<string> {
  const token = await stack.compose("exec", "-T", overlay, "cat", "/data/http-token");
  const mode = await stack.compose("exec", "-T", overlay, "stat", "-c", "%a", "/data/http-token");
  must(mode === "600", `the token's file has mode ${mode}`);
  const ask = async (headers: Record<string, string>): Promise<number> =>
    (await fetch(`${stack.url}/v1/status`, { headers })).status;
  const [without, wrong, right] = [
    await ask({}),
    await ask({ authorization: `Bearer ${"ao_".padEnd(46, "x")}` }),
    await ask({ authorization: `Bearer ${token}` }),
  ];
  must(without === 401 && wrong === 401 && right === 200, `HTTP answers ${without}, ${wrong}, ${right}`);
  print("over HTTP: 401 without a token and with a wrong one, 200 with that of /data/http-token (mode 600)");
  return token;
}

async function stopAndStart(stack: Stack, token: string, print: Print, signal: AbortSignal): Promise<void> {
  // Somebody follows the live feed, as a dashboard would.
  const feed = get(`${stack.url}/v1/feed/stream`, { headers: { authorization: `Bearer ${token}` } });
  feed.on("error", () => undefined);
  await once(feed, "response");
  const startedAt = performance.now();
  await stack.docker("stop", "--time", "30", await stack.container(overlay));
  const seconds = (performance.now() - startedAt) / 1_000;
  const exit = await exitOf(stack, overlay);
  must(exit === "exited 0", `after docker stop audit-overlay is ${exit}`);
  must(seconds < drainSecondsMax, `docker stop took ${seconds.toFixed(1)} s`);
  feed.destroy();
  await stack.compose("up", "-d", "--no-deps", overlay);
  await until("audit-overlay is healthy", () => isHealthy(stack), signal);
  await until("it runs again", async () => (await stack.status()).capture?.state === "RUNNING", signal);
  const started = await secondsUntilLogged(stack, /^RUNNING/);
  const listening = await secondsUntilLogged(stack, /^listening/);
  print(
    `docker stop with a live feed open: ${seconds.toFixed(2)} s, exit 0. Started again: answers after ${listening.toFixed(2)} s, RUNNING after ${started.toFixed(2)} s`,
  );
}

async function startWithoutServer(stack: Stack, print: Print, signal: AbortSignal): Promise<void> {
  await stack.compose("stop", "mysql");
  await stack.compose("restart", overlay);
  const isState = (wanted: string) => async () => (await stack.status()).capture?.state === wanted;
  await until("it says that the server is away", isState("RETRYING"), signal);
  await until("audit-overlay is healthy without its server", () => isHealthy(stack), signal);
  await askTheTrail(stack, () => undefined);
  const restarts = await stack.inspect(overlay, "{{.RestartCount}}");
  must(restarts === "0", `it was restarted ${restarts} times`);
  await stack.compose("start", "mysql");
  await until("it runs when the server is back", isState("RUNNING"), signal);
  await stack.auditctl("verify");
  print(
    "started while the server was away: RETRYING, healthy, answers, 0 restarts; RUNNING when it was back, verify passes",
  );
}
