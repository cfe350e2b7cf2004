// Secrets are planted in every setting that holds one, however it is given; then commands succeed and fail, against servers that
// say back whatever they are sent. No byte of any output, log or file of ours holds one of them.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ConfigKey, secretKeys } from "../../src/model/config.ts";
import { openWebhookReceiver, type WebhookReceiver } from "../support/alert-receivers.ts";
import { readLog } from "../support/log-files.ts";
import { openMcpHttpSession } from "../support/mcp-client.ts";
import { type ModelServer, openModelServer } from "../support/model-server.ts";
import { type AuditctlResult, runAuditctl, runAuditctlProcess } from "../support/run-auditctl.ts";
import { startServe } from "../support/serve-process.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { createTradeStore } from "../support/trade-store.ts";

const places = ["environment", ".env", "config file", "file of its own"] as const;
type Place = (typeof places)[number];

let hook: WebhookReceiver;
let model: ModelServer;
beforeAll(async () => {
  hook = await openWebhookReceiver();
  // Whoever posts hears his own words again: the address too, which the receiver knows.
  hook.answer = (response, { headers, body }) =>
    response.writeHead(401).end(JSON.stringify({ planted: planted("webhook_url"), headers, body }));
  model = await openModelServer([
    (response, { headers, url }) => response.writeHead(401).end(JSON.stringify({ error: { message: url, headers } })),
  ]);
});
afterAll(async () => {
  await hook[Symbol.asyncDispose]();
  await model[Symbol.asyncDispose]();
});

/** Of the form that the setting wants; a secret setting that is new is a plain text until it says otherwise here. */
function planted(key: ConfigKey): string {
  if (key === "webhook_url") return `${hook.url}/${needleOf(key)}`;
  return key === "webhook_secret" ? `whsec_${needleOf(key)}` : needleOf(key);
}

/** What is looked for. */
function needleOf(key: ConfigKey): string {
  const text = `planted-${key}-9f1c-0123456789`;
  return key === "webhook_secret" ? Buffer.from(text).toString("base64") : text;
}

interface Plant {
  /** Flags and variables with which a command has every secret. */
  args: string[];
  env: Record<string, string>;
  store: string;
}

/** Gives each secret in its place; the files are the only ones that may hold one. */
function plant(folder: ReturnType<typeof openTempFolder>, placeOf: (index: number) => Place): Plant {
  const env: Record<string, string> = {};
  const lines: Record<".env" | "config.yaml", string[]> = { ".env": [], "config.yaml": [] };
  for (const [index, key] of [...secretKeys].entries()) {
    const place = placeOf(index);
    const variable = `AUDIT_${key.toUpperCase()}`;
    if (place === "environment") env[variable] = planted(key);
    if (place === ".env") lines[".env"].push(`${variable}='${planted(key)}'`);
    if (place === "config file") lines["config.yaml"].push(`${key}: ${planted(key)}`);
    if (place !== "file of its own") continue;
    writeFileSync(folder.file(`secret-${key}`), `${planted(key)}\n`);
    lines["config.yaml"].push(`${key}_file: ${folder.file(`secret-${key}`)}`);
  }
  const store = folder.file("shop.db");
  lines["config.yaml"].push(`store: ${store}`, "port: 1", "log_level: debug");
  lines["config.yaml"].push(`model_provider: openai`, `model_url: ${model.url}`, "summary_at: off");
  for (const [name, text] of Object.entries(lines))
    writeFileSync(folder.file(name), `${text.join("\n")}\n`, { mode: 0o600 });
  return { args: ["--config", folder.file("config.yaml")], env, store };
}

/** Every secret that stands in a text or in a file below the folder, as it is or written otherwise; not where it is meant to be. */
function found(outputs: readonly string[], folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => !/^(\.env|config\.yaml|secret-\w+|made\.password)$/.test(name));
  const bytes = [
    ...outputs.map((output) => ["output", Buffer.from(output)] as const),
    ...files
      .filter((name) => statSync(join(folder, name)).isFile())
      .map((name) => [name, readFileSync(join(folder, name))] as const),
  ];
  return [...secretKeys].flatMap((key) => {
    const needle = needleOf(key);
    const forms = [needle, Buffer.from(needle).toString("base64").slice(0, 20), Buffer.from(needle).toString("hex")];
    return bytes.filter(([, text]) => forms.some((form) => text.includes(form))).map(([name]) => `${key} in ${name}`);
  });
}

const words = ({ stdout, stderr }: AuditctlResult): string[] => [stdout, stderr];

it("what is looked for would be found", () => {
  using folder = openTempFolder({ small: true });
  plant(folder, (index) => places[index % places.length] ?? "environment");
  expect(found(["nothing"], folder.path)).toEqual([]);
  mkdirSync(folder.file("below"));
  writeFileSync(folder.file("below/file"), `…${planted("token")}…`);
  const output = Buffer.from(`a line\n${needleOf("password")}`).toString("hex");
  expect(found([output], folder.path)).toEqual(["password in output", "token in below/file"]);
  for (const key of secretKeys) expect(found([`x${planted(key)}x`], folder.path)).toContain(`${key} in output`);
});

it.for(places)("given by %s, a secret is in nothing that a command says", async (place) => {
  using folder = openTempFolder({ small: true });
  const { args, env, store } = plant(folder, () => place);
  createTradeStore(store);
  const posted = hook.posted.length;
  const commands: [words: string, status: number][] = [
    ["config show", 0],
    ["config show --json", 0],
    ["status", 0],
    ["status --rate-limit many", 2],
    ["doctor", 5],
    ["doctor --json", 5],
    ["doctor --tls verify --tls-ca nowhere.pem", 2],
    ["run --heartbeat-seconds many --json", 2],
    ["alerts test", 5],
    ["alerts test --json", 5],
    [`backup --to ${folder.file("backups")}`, 0],
    [`events list --url ${model.url}`, 5],
    [`events list --url ${model.url} --json`, 5],
    [`status --url ${model.url}/${needleOf("webhook_url").slice(0, 7)} --json`, 5],
  ];
  const outputs: string[] = [];
  for (const [command, status] of commands) {
    const result = await runAuditctl([...command.split(" "), ...args], { env });
    expect([command, result.status]).toEqual([command, status]);
    outputs.push(...words(result));
  }
  // The one that writes a secret: into a file of its own, and nowhere else.
  const made = ["init", "--yes", "--port", "1", "--config", folder.file("made.yaml")];
  for (const more of [[], ["--json"], ["--json", "--force"]])
    outputs.push(...words(await runAuditctl([...made, ...more], { env })));
  expect(readFileSync(folder.file("made.yaml"), "utf8")).toContain("port: 1");
  expect(existsSync(folder.file("made.password"))).toBe(place === "environment" || place === ".env");
  // A misspelt name is told, what was given under it is not.
  outputs.push(
    ...words(await runAuditctl(["status", ...args], { env: { ...env, AUDIT_PASWORD: planted("password") } })),
  );
  expect(hook.posted.length).toBeGreaterThan(posted);
  expect(model.requests.at(-1)?.headers["authorization"]).toBe(`Bearer ${planted("token")}`);
  expect(outputs.join("").length).toBeGreaterThan(5_000);
  expect(found(outputs, folder.path)).toEqual([]);
});

it("in every place at once, none is in a log, a metric, an assistant's answer, or what is stored", async () => {
  using folder = openTempFolder({ small: true });
  const { args, env, store } = plant(folder, (index) => places[index % places.length] ?? "environment");
  createTradeStore(store);
  const day = ["--date", "2026-03-01", "--write", "--store", folder.file("words.db")];
  copyFileSync(store, folder.file("words.db"));
  const [written, run, served] = await Promise.all([
    runAuditctlProcess(["summary", ...day, ...args], { env }),
    runAuditctlProcess(["run", ...args, "--store", folder.file("run.db"), "--log-file", folder.file("logs/run.log")], {
      env,
    }),
    askService(store, ["--ingest", ...args], env),
  ]);
  expect([written.status, run.status]).toEqual([0, 5]);
  expect(model.requests.at(-1)?.headers["authorization"]).toBe(`Bearer ${planted("model_key")}`);
  const logged = [written.stderr, readLog(folder.file("logs/run.log")).text, served.result.stderr];
  for (const log of logged) expect(log).toContain('"level":');
  expect(served.answers.join("").length).toBeGreaterThan(10_000);
  expect(
    found([...logged, written.stdout, ...words(run), served.result.stdout, ...served.answers], folder.path),
  ).toEqual([]);
});

/** Answers of every kind, to a caller with a token that nobody knows; then its log. */
async function askService(store: string, args: readonly string[], env: Record<string, string>) {
  await using service = await startServe(store, args, env);
  const headers = { authorization: `Bearer ${planted("token")}` };
  const answers: string[] = [];
  for (const path of ["/metrics", "/healthz", "/readyz", "/v1/status", "/v1/anomalies", "/v1/none?x=1"])
    answers.push(await (await fetch(service.url + path, { headers })).text());
  answers.push(await (await fetch(`${service.url}/ingest`, { method: "POST", headers, body: "{" })).text());
  {
    await using session = await openMcpHttpSession(`${service.url}/mcp`);
    answers.push(JSON.stringify([await session.client.listTools(), await session.client.listResources()]));
    answers.push(JSON.stringify(await session.call("trail_coverage")));
  }
  service.running.child.kill("SIGTERM");
  return { answers, result: await service.running.ended };
}
