// `run --listen`: one process captures and answers. What is committed is in the live feed and the API moments later.
import { createServer } from "node:net";
import { expect, inject, test } from "vitest";
import { type Message, readMessages } from "../support/event-stream.ts";
import { openSwitchProxy } from "../../scripts/fault-matrix/switch-proxy.ts";
import { metricFaults, valueOf } from "../support/metrics-text.ts";
import { startAuditctl } from "../support/run-auditctl.ts";
import { stopRun } from "../support/run-capture.ts";
import { openSource } from "../support/source.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { readNotes } from "../support/trail.ts";
import { waitFor } from "../support/wait-for.ts";

test("captures and answers in one process, is ready while it does, and ends in peace", async () => {
  await using source = await openSource("mysql", inject("mysql"));
  await source.run("CREATE TABLE item (id INT PRIMARY KEY, name TEXT)");
  using folder = openTempFolder();
  const env = { ...source.env, AUDIT_STORE: folder.file("store.db"), AUDIT_DETECT: "true" };
  const args = ["run", "--json", "--databases", source.database, "--heartbeat-seconds", "1", "--listen", "127.0.0.1:0"];
  await using running = startAuditctl(args, { env });
  const url = await waitFor("it to run and listen", () => {
    return running.stdout().includes("RUNNING") ? /http:[^"]+/.exec(running.stdout())?.[0] : undefined;
  });
  const messages = readMessages(await fetch(`${url}/v1/feed/stream?kind=change_event`));
  await messages.next();
  await source.run("INSERT INTO item VALUES (7, '</script>')");
  const { value } = await messages.next();
  expect(JSON.parse((value as Message).data ?? "")).toMatchObject({
    source_pk: { id: 7 },
    after: { name: "</script>" },
  });
  const timeline = await (await fetch(`${url}/v1/entities/item/7/timeline`)).json();
  expect(timeline).toMatchObject({ timeline: [{ source_pk: { id: 7 } }] });
  expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({ ready: true, capture: "RUNNING" });
  // Detection runs beside it, and reads on as the trail grows.
  await waitFor("detection", async () =>
    /^audit_overlay_detection_behind_entries 0$/m.test(await textOf(`${url}/metrics`)),
  );
  const metrics = await textOf(`${url}/metrics`);
  expect(metricFaults(metrics)).toEqual([]);
  expect(valueOf(metrics, "audit_overlay_lag_seconds")).toBeGreaterThanOrEqual(0);
  expect(valueOf(metrics, "audit_overlay_lag_transactions")).toBeGreaterThanOrEqual(0);
  expect(valueOf(metrics, "audit_overlay_binlog_retention_seconds")).toBeGreaterThan(0);
  expect(valueOf(metrics, "audit_overlay_reconnects_total")).toBe(0);
  running.child.kill("SIGTERM");
  expect(await running.ended).toMatchObject({ status: 0, stderr: expect.not.stringContaining("bug") as string });
  expect((await messages.next()).done).toBe(true);
  expect(readNotes(env.AUDIT_STORE).map(({ kind }) => kind)).toEqual(expect.arrayContaining(["start", "stop"]));
});

test("waits for a server that is away at the start where it is told to, answers meanwhile, and loses nothing", async () => {
  await using source = await openSource("mysql", inject("mysql"));
  using folder = openTempFolder();
  // Nothing listens there at first.
  await using door = await openSwitchProxy({ host: "127.0.0.1", port: 1 });
  const env = {
    ...source.env,
    AUDIT_HOST: "127.0.0.1",
    AUDIT_PORT: String(door.port),
    AUDIT_STORE: folder.file("s.db"),
  };
  const args = ["run", "--json", "--wait-for-server", "--databases", source.database, "--listen", "127.0.0.1:0"];
  await using running = startAuditctl([...args, "--start-from", "earliest"], { env });
  const url = await waitFor("it to wait and listen", () => {
    return running.stdout().includes("RETRYING") ? /http:[^"]+/.exec(running.stdout())?.[0] : undefined;
  });
  expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ ok: true });
  expect(await (await fetch(`${url}/v1/status`)).json()).toMatchObject({ capture: { state: "RETRYING" } });
  await source.run("CREATE TABLE early (id INT PRIMARY KEY)", "INSERT INTO early VALUES (1)");
  door.switchTo(source.address);
  await waitFor("what was written before", async () =>
    (await textOf(`${url}/v1/entities/early/1/timeline`)).includes('"id":1'),
  );
  await stopRun(running);
});

test("a port that is taken ends it, and capture in peace", async () => {
  await using source = await openSource("mysql", inject("mysql"));
  using folder = openTempFolder();
  const taken = createServer().listen(0, "127.0.0.1");
  const { port } = await waitFor("a port", () => taken.address() as { port: number } | null);
  const env = { ...source.env, AUDIT_STORE: folder.file("store.db") };
  await using running = startAuditctl(["run", "--json", "--listen", `127.0.0.1:${port}`], { env });
  const { status, stderr } = await running.ended;
  taken.close();
  expect([status, stderr]).toEqual([1, expect.stringContaining("service.listen_failed")]);
});

async function textOf(url: string): Promise<string> {
  return await (await fetch(url)).text();
}
