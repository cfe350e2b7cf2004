// The setting listen_token_file: a service that others can reach starts with it alone, and nobody else can give it its token.
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { createLedgerFile } from "../../support/ledger.ts";
import { runAuditctl, startAuditctl } from "../../support/run-auditctl.ts";
import { bearer, openTestService } from "../../support/service.ts";
import { openSmallDisk } from "../../support/small-disk.ts";
import { openTempFolder } from "../../support/temp-folder.ts";
import { waitFor } from "../../support/wait-for.ts";

const folder = openTempFolder();
const store = folder.file("store.db");
createLedgerFile(store, 5);
afterAll(() => folder[Symbol.dispose]());

it("makes the file at the first start, for its owner alone; its token reads and may nothing else", async () => {
  const file = folder.file("made");
  const settings = { listen: "0.0.0.0:0", listen_token_file: file };
  await using service = await openTestService(store, settings);
  const token = readFileSync(file, "utf8").trim();
  expect(token).toMatch(/^ao_[\w-]{43}$/);
  expect((statSync(file).mode & 0o777).toString(8)).toBe("600");
  const url = service.url.replace("0.0.0.0", "127.0.0.1");
  const ask = async (path: string, headers = {}) => (await fetch(`${url}${path}`, { headers })).status;
  expect(await ask("/v1/status", bearer(token))).toBe(200);
  expect(await ask("/v1/export?type=events", bearer(token))).toBe(403);
  expect(await ask("/v1/verify", bearer(token))).toBe(403);
  expect(await ask("/v1/status")).toBe(401);
  expect(await ask("/v1/status", bearer(`${token}x`))).toBe(401);
  // Readings are recorded some at a time.
  const readings = async () => (await runAuditctl(["access", "--json", "--store", store])).stdout;
  await waitFor("the reading to be recorded", async () => (await readings()).includes("listen-token-file"));
  // The next start takes what is there.
  await using again = await openTestService(store, settings);
  expect(readFileSync(file, "utf8").trim()).toBe(token);
  expect(
    (await fetch(`${again.url.replace("0.0.0.0", "127.0.0.1")}/v1/status`, { headers: bearer(token) })).status,
  ).toBe(200);
});

it("takes a token that was put there, and never logs it", async () => {
  const file = folder.file("given");
  const token = "planted-0123456789-0123456789-0123456789";
  writeFileSync(file, `${token}\n`, { mode: 0o644 });
  const args = [
    "serve",
    "--store",
    store,
    "--listen",
    "0.0.0.0:0",
    "--listen-token-file",
    file,
    "--log-level",
    "debug",
  ];
  await using running = startAuditctl(args);
  const port = await waitFor("it to listen", () => /0\.0\.0\.0:(\d+)/.exec(running.stdout())?.[1]);
  expect((await fetch(`http://127.0.0.1:${port}/v1/status`, { headers: bearer(token) })).status).toBe(200);
  running.child.kill("SIGTERM");
  const { status, stdout, stderr } = await running.ended;
  expect([status, stdout.includes("planted"), stderr.includes("planted")]).toEqual([0, false, false]);
});

it.each([
  ["a token that can be guessed", "secret\n", /does not hold a token/],
  ["two lines", `${"a".repeat(40)}\n${"b".repeat(40)}\n`, /does not hold a token/],
  ["nothing", "", /does not hold a token/],
])("refuses %s", async (_what, content, message) => {
  const file = folder.file("bad");
  writeFileSync(file, content);
  await expect(openTestService(store, { listen_token_file: file })).rejects.toMatchObject({
    code: "usage.config",
    message: expect.stringMatching(message) as string,
  });
});

it("refuses a file in a folder that is not there, and a token with its reader's name", async () => {
  const wrong = openTestService(store, { listen_token_file: folder.file("none/here") });
  await expect(wrong).rejects.toMatchObject({
    code: "usage.config",
    message: expect.stringContaining("ENOENT") as string,
  });
  const made = await runAuditctl(["token", "create", "--name", "listen-token-file", "--store", store]);
  expect([made.status, made.stderr]).toEqual([2, expect.stringContaining("listen-token-file")]);
  const revoked = await runAuditctl(["token", "revoke", "--name", "listen-token-file", "--store", store]);
  expect([revoked.status, revoked.stderr]).toEqual([8, expect.stringContaining("Remove that file and start")]);
});

it("refuses a folder, such as Docker makes where a mounted file is missing", async () => {
  await expect(openTestService(store, { listen_token_file: folder.path })).rejects.toMatchObject({
    code: "usage.config",
    message: expect.stringContaining("EISDIR") as string,
  });
});

it("leaves nothing behind on a full disk, so that the next start makes the file", async (context) => {
  using disk = openSmallDisk(folder.file("disk"), 1);
  context.skip(!disk.mounted, "this user may not mount a file system");
  const filler = join(disk.path, "filler");
  const settings = { listen: "0.0.0.0:0", listen_token_file: join(disk.path, "token") };
  expect(() => writeFileSync(filler, Buffer.alloc(2_097_152))).toThrow("ENOSPC");
  await expect(openTestService(store, settings)).rejects.toMatchObject({
    code: "usage.config",
    message: expect.stringContaining("ENOSPC") as string,
  });
  expect(readdirSync(disk.path)).toEqual(["filler"]);
  rmSync(filler);
  await using service = await openTestService(store, settings);
  expect(service.url).toContain("http");
  expect(readdirSync(disk.path)).toEqual(["token"]);
});
