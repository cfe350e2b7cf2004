// The live feed: events come as they are stored, a client that comes back misses nothing, and the service can end it.
import { describe, expect, it } from "vitest";
import type { LedgerWriter } from "../../../src/store/ledger-writer.ts";
import { openStore } from "../../../src/store/open-store.ts";
import { openServiceStore } from "../../../src/store/service-store.ts";
import { createFeedStreams } from "../../../src/serve/http/feed-stream.ts";
import { checkpointAt, createLedgerFile, now, transactionOf } from "../../support/ledger.ts";
import { type Message, readMessages } from "../../support/event-stream.ts";
import { bearer, errorOf, makeToken, openTestService, type TestService } from "../../support/service.ts";
import { waitFor } from "../../support/wait-for.ts";
import { openTempFolder } from "../../support/temp-folder.ts";

async function follow(service: TestService, query = "", headers = {}): Promise<AsyncGenerator<Message>> {
  const response = await service.get(`/v1/feed/stream${query}`, headers);
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  return readMessages(response);
}

async function next(messages: AsyncGenerator<Message>): Promise<Message> {
  return (await messages.next()).value as Message;
}

function append(store: LedgerWriter, number: number): void {
  store.append([transactionOf(number)], checkpointAt(number), now);
}

function entityOf({ data = "{}" }: Message): string {
  return (JSON.parse(data) as { entity_id: string }).entity_id;
}

describe("the live feed", () => {
  it("gives what is stored from now on, to each client what it asked for", async () => {
    using folder = openTempFolder();
    const path = folder.file("store.db");
    createLedgerFile(path, 3);
    using store = openStore(path);
    {
      await using service = await openTestService(path);
      const sales = await follow(service);
      const prices = await follow(service, "?kind=change_event&table=prices");
      expect((await next(sales)).id).not.toBe("");
      await next(prices);
      append(store, 4);
      append(store, 5);
      const first = await next(sales);
      const second = await next(sales);
      expect([first.event, entityOf(first), entityOf(second)]).toEqual(["business_event", "S-4", "S-5"]);
      const price = await next(prices);
      expect([price.event, entityOf(price)]).toEqual(["change_event", "P-1"]);
      await sales.return(undefined);
      await prices.return(undefined);
    }
    using log = openServiceStore(path);
    const read = log.listAccess({ limit: 20 }).filter(({ items }) => items !== null);
    expect(read.reduce((sum, { items }) => sum + (items ?? 0), 0)).toBe(3);
    expect(read).toMatchObject(read.map(() => ({ question: "feed_stream", reader: "local", outcome: "ok" })));
  });

  it("goes on where a client was, told by Last-Event-ID or after", async () => {
    using folder = openTempFolder();
    const path = folder.file("store.db");
    createLedgerFile(path, 1);
    await using service = await openTestService(path);
    const connected = await follow(service);
    const { id = "" } = await next(connected);
    await connected.return(undefined);
    using store = openStore(path);
    for (const number of [2, 3, 4]) append(store, number);
    const again = await follow(service, "", { "last-event-id": id });
    await next(again);
    const read = [await next(again), await next(again), await next(again)];
    expect(read.map(entityOf)).toEqual(["S-2", "S-3", "S-4"]);
    await again.return(undefined);
    const last = read.at(-1)?.id ?? "";
    expect(last).not.toBe("");
    append(store, 5);
    const afterLast = await follow(service, `?after=${encodeURIComponent(id)}`, { "last-event-id": last });
    await next(afterLast);
    expect(entityOf(await next(afterLast))).toBe("S-5");
    await afterLast.return(undefined);
  });

  it("ends at once with the service", async () => {
    using folder = openTempFolder();
    const path = folder.file("store.db");
    createLedgerFile(path, 1);
    const service = await openTestService(path);
    const messages = await follow(service);
    await next(messages);
    const startedAt = performance.now();
    await service[Symbol.asyncDispose]();
    expect(await messages.next()).toMatchObject({ done: true });
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });

  it("refuses a place or filter that is none", async () => {
    using folder = openTempFolder();
    const path = folder.file("store.db");
    createLedgerFile(path, 1);
    await using service = await openTestService(path);
    for (const query of ["?after=nonsense", "?kind=x", "?limit=0", "?nothing=1"])
      expect(await errorOf(await service.get(`/v1/feed/stream${query}`))).toMatchObject({
        status: 400,
        code: "usage.query",
      });
  });

  it("ends when the token is revoked, and takes no more clients than it can", async () => {
    const page = { items: [], cursor: "c" };
    const stopped = new AbortController();
    let valid = true;
    const streams = createFeedStreams({
      answerer: { ask: () => Promise.resolve(page as never) },
      signal: stopped.signal,
      pollMs: 5,
      heartbeatMs: 10,
      clientsMax: 1,
    });
    const client = { mayGoOn: () => valid, onRead: () => {} };
    const reader = (await streams.open({}, client)).getReader();
    await reader.read();
    await expect(streams.open({}, client)).rejects.toMatchObject({ code: "service.busy" });
    expect(new TextDecoder().decode((await reader.read()).value)).toContain("still here");
    valid = false;
    expect((await reader.read()).done).toBe(true);
    expect(streams.count()).toBe(0);
  });

  it("gives the slot of a client back that goes away, whether it waits or has not read what came", async () => {
    using folder = openTempFolder();
    const path = folder.file("store.db");
    createLedgerFile(path, 1);
    using store = openStore(path);
    await using service = await openTestService(path);
    const clients = async (): Promise<number> =>
      Number(/^audit_overlay_feed_clients (\d+)$/m.exec(await (await service.get("/metrics")).text())?.[1]);
    const leaving = [new AbortController(), new AbortController()];
    const connect = async ({ signal }: AbortController): Promise<Response> =>
      await fetch(`${service.url}/v1/feed/stream`, { signal });
    const [waiting] = await Promise.all(leaving.map(connect));
    const messages = readMessages(waiting!);
    await next(messages);
    append(store, 2);
    await next(messages);
    expect(await clients()).toBe(2);
    leaving[1]?.abort();
    await waitFor("the slot of the one that did not read", async () => (await clients()) === 1);
    leaving[0]?.abort();
    await waitFor("the slot of the one that waits", async () => (await clients()) === 0);
  });

  it("needs the scope read", async () => {
    using folder = openTempFolder();
    const path = folder.file("store.db");
    createLedgerFile(path, 1);
    await using service = await openTestService(path);
    const token = makeToken(path, "exporter", ["export"]);
    expect((await service.get("/v1/feed/stream", bearer(token))).status).toBe(403);
  });
});
