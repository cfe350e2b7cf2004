// Seeded damage to Debezium's messages: 400 with the place, never 500, and nothing of a damaged post is stored.
import { describe, expect, test } from "vitest";
import { createRandom, type Random } from "../../generator/random.ts";
import type { JsonObject, JsonValue } from "../../src/lib/canonical-json.ts";
import { connectors, customerFields, lucia, type Op, toBody, withKey } from "../support/debezium.ts";
import { openIngestService } from "../support/ingest-service.ts";
import { dumpEvents } from "../support/ledger.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { verifyStore } from "../support/trail.ts";

const seed = 20_260_105;
const junk: readonly JsonValue[] = [
  null,
  true,
  5,
  -1.5,
  "",
  "x\u0000",
  [],
  [1],
  {},
  { a: 1 },
  "\ud800",
  "x".repeat(5_000),
];
const fields = [...customerFields, { type: "int32", name: "io.debezium.time.Date", field: "born" }];
const row = { ...lucia, born: 20_458 };

const choose = <T>(random: Random, from: readonly T[]): T => structuredClone(random.pick(from));

function goodMessage(random: Random, place: number): JsonObject {
  const op = choose<Op>(random, ["c", "u", "d", "r", "t"]);
  const images = { before: op === "d" || op === "u" ? row : null, after: op === "d" ? null : row };
  const source = { pos: place, lsn: place, event_serial_no: String(place) };
  return random.pick(Object.values(connectors))(op, { ...images, source, fields });
}

type Payload = JsonObject & { source: JsonObject };

/** Each one makes a message that nobody could mean. Gives what the path of the fault must have in it. */
const damages: readonly ((payload: Payload, random: Random) => string)[] = [
  (payload, random) => {
    const key = choose(random, ["connector", "name", "db", "table"]);
    const wrong = choose(random, [...junk, undefined]);
    if (wrong === undefined) delete payload.source[key];
    // A long text of plain characters is too long; every other one is of a wrong kind.
    else payload.source[key] = wrong;
    return `.payload.source.${key}: `;
  },
  (payload, random) => {
    const key = choose(random, ["pos", "ts_ms", "row"]);
    payload.source[key] = choose(random, [true, 1.5, "here", [], {}]);
    return `.payload.source.${key}: `;
  },
  (payload, random) => {
    payload["op"] = choose(random, junk);
    return ".payload.op: ";
  },
  (payload, random) => {
    payload["source"] = choose(random, [null, 5, "x", []]) as unknown as JsonObject;
    return ".payload.source: ";
  },
  (payload, random) => {
    payload["op"] = "c";
    payload["after"] = choose(random, [null, 5, "row", [], true]);
    return ".payload.after: ";
  },
  (payload, random) => {
    Object.assign(payload, { op: "c", after: { ...row, born: choose(random, ["soon", 1.5, [], {}, true]) } });
    return ".payload.after.born: ";
  },
  (payload, random) => {
    payload["transaction"] = choose(random, [5, "x", [], {}, { id: [] }, { id: "1", total_order: "first" }]);
    return ".payload.transaction";
  },
];

describe("damaged messages", () => {
  test("500 of them: each is refused with its path, and nothing of its post is stored", async () => {
    using folder = openTempFolder();
    const store = folder.file("s.db");
    await using service = await openIngestService(store);
    await service.post(toBody([goodMessage(createRandom(seed), 1)]));
    const stored = dumpEvents(store);
    for (let number = 0; number < 500; number += 1) {
      const random = createRandom(seed, number);
      const others = Array.from({ length: random.int(0, 4) }, (_, index) => goodMessage(random, number * 10 + index));
      const message = structuredClone(goodMessage(random, number * 10 + 9)) as { payload: Payload };
      const path = random.pick(damages)(message.payload, random);
      const at = random.int(0, others.length);
      const body = toBody(others.toSpliced(at, 0, message as JsonObject));
      const answer = await service.post(body);
      expect(answer.status, `${number}: ${body.slice(0, 2_000)}`).toBe(400);
      expect(answer.error?.details?.join("\n"), `${number}: ${path}`).toContain(`[${at}]${path}`);
    }
    expect(dumpEvents(store)).toBe(stored);
    expect(verifyStore(store).ok).toBe(true);
  });

  test("500 with something replaced anywhere, or cut off: 200 or 400, and the trail verifies", async () => {
    using folder = openTempFolder();
    const store = folder.file("s.db");
    await using service = await openIngestService(store);
    const statuses = new Set<number>();
    for (let number = 0; number < 500; number += 1) {
      const random = createRandom(seed, "anywhere", number);
      const key = { id: choose(random, junk) };
      const message = replaceAnywhere(withKey(key, structuredClone(goodMessage(random, number))), random);
      const text = toBody([message]);
      const body = random.int(0, 9) === 0 ? text.slice(0, random.int(0, text.length)) : text;
      const { status, error } = await service.post(body);
      expect([200, 400], `${number}: ${JSON.stringify(error)} ${body.slice(0, 2_000)}`).toContain(status);
      statuses.add(status);
    }
    expect(statuses).toEqual(new Set([200, 400]));
    expect(verifyStore(store).ok).toBe(true);
  });
});

function replaceAnywhere(value: JsonValue, random: Random): JsonValue {
  if (typeof value !== "object" || value === null || random.int(0, 5) === 0) return choose(random, junk);
  const copy = value as JsonObject;
  const keys = Object.keys(copy);
  if (keys.length === 0) return choose(random, junk);
  const key = random.pick(keys);
  copy[key] = replaceAnywhere(copy[key]!, random);
  return copy;
}
