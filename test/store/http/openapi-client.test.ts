// The OpenAPI document is valid, and a client that others generate from it compiles and runs.
import { execFileSync } from "node:child_process";
import { copyFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, it } from "vitest";
import { packageRoot } from "../../../src/lib/package-root.ts";
import { questions } from "../../../src/model/question.ts";
import { openApiDocument } from "../../../src/serve/http/open-api.ts";
import { createLedgerFile } from "../../support/ledger.ts";
import { makeToken, openTestService } from "../../support/service.ts";
import { openTempFolder } from "../../support/temp-folder.ts";
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const support = join(packageRoot, "test", "support");
const run = (args: string[], cwd: string): string => execFileSync(process.execPath, args, { cwd, encoding: "utf8" });

it("the OpenAPI document is valid, and has every question with every parameter described", async () => {
  const document = openApiDocument();
  const result = await new Validator().validate(structuredClone(document));
  expect(result).toMatchObject({ valid: true });
  for (const { path, input } of Object.values(questions)) {
    const parameters = document.paths[path]?.["get"]?.parameters ?? [];
    expect(parameters.map(({ name }) => name)).toEqual(Object.keys(input.shape));
  }
});

it("a document that is wrong does not pass", async () => {
  const document = { ...openApiDocument(), paths: { "/x": { get: { responses: 1 } } } };
  expect((await new Validator().validate(document)).valid).toBe(false);
});

it("a client generated from it compiles, and runs one call of each kind", { timeout: 120_000 }, async () => {
  using folder = openTempFolder();
  const store = folder.file("store.db");
  createLedgerFile(store, 12);
  await using service = await openTestService(store);
  const token = makeToken(store, "client", ["read", "admin"]);
  writeFileSync(folder.file("openapi.json"), await (await service.get("/openapi.json")).text());
  writeFileSync(folder.file("package.json"), '{ "type": "module" }');
  symlinkSync(join(packageRoot, "node_modules"), folder.file("node_modules"));
  const generator = join(
    dirname(createRequire(import.meta.url).resolve("openapi-typescript/package.json")),
    "bin",
    "cli.js",
  );
  const hooks = join(support, "typescript-five.ts");
  run(["--import", hooks, generator, "openapi.json", "--output", "api.ts"], folder.path);
  copyFileSync(join(support, "api-client.ts"), folder.file("client.ts"));
  const options = ["--strict", "--noEmit", "--skipLibCheck", "--module", "nodenext", "--target", "es2022"];
  const tsc = join(packageRoot, "node_modules", "typescript", "bin", "tsc");
  run([tsc, ...options, "--allowImportingTsExtensions", "--types", "node", "client.ts"], folder.path);
  // Not the synchronous call: the service that it asks is in this process.
  const { stdout } = await promisify(execFile)(process.execPath, ["client.ts", service.url, token], {
    cwd: folder.path,
  });
  expect(JSON.parse(stdout)).toEqual({
    store: 12,
    gaps: 0,
    types: ["product", "sale"],
    quantity: "S-3",
    rows: 1,
    events: 2,
    cursor: "string",
    event: "business_event",
    sentences: true,
    found: true,
    day: 12,
    anomalies: 0,
    verified: true,
    missing: "trace.not_found",
    ready: true,
  });
});
