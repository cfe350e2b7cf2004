// With a certificate and its key only HTTPS is spoken.
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { get } from "node:https";
import { expect, it } from "vitest";
import { createLedgerFile } from "../../support/ledger.ts";
import { runAuditctlProcess } from "../../support/run-auditctl.ts";
import { openTestService } from "../../support/service.ts";
import { openTempFolder } from "../../support/temp-folder.ts";

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

it.runIf(hasOpenssl)("speaks HTTPS, and says so to browsers", async () => {
  using folder = openTempFolder();
  const store = folder.file("store.db");
  createLedgerFile(store, 1);
  const [cert, key] = ["cert.pem", "key.pem"].map((name) => folder.file(name)) as [string, string];
  const made = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  execFileSync("openssl", ["req", ...made, ...names, "-keyout", key, "-out", cert], { stdio: "ignore" });
  const tls = { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") };
  await using service = await openTestService(store, {}, { tls });
  const url = service.url.replace("127.0.0.1", "localhost");
  expect(url).toMatch(/^https:/);
  const { promise, resolve, reject } = Promise.withResolvers<[number | undefined, string | undefined]>();
  get(
    `${url}/healthz`,
    { ca: tls.cert, lookup: (_name, _options, found) => found(null, [{ address: "127.0.0.1", family: 4 }]) },
    (response) => {
      response.resume();
      resolve([response.statusCode, response.headers["strict-transport-security"]]);
    },
  ).on("error", reject);
  expect(await promise).toEqual([200, "max-age=31536000"]);
  await expect(fetch(service.url.replace("https", "http"))).rejects.toThrow("fetch failed");
});

it.each([
  [["--listen-tls-cert", "x.pem"], "go together"],
  [["--listen-tls-cert", "none.pem", "--listen-tls-key", "none.pem"], "cannot read none.pem"],
  [["--listen", "nowhere"], "must be host:port"],
  [["--listen", "127.0.0.1:99999"], "is not host:port"],
])("refuses %j", async (args, message) => {
  using folder = openTempFolder();
  const store = folder.file("store.db");
  createLedgerFile(store, 1);
  const { status, stderr } = await runAuditctlProcess(["serve", "--store", store, ...args]);
  expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
});
