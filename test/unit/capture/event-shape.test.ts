// Events that are whole and undamaged, and yet may not be handed to the decoder: a log file without checksums, compressed bytes
// that unpack to more than they announce.
import { deflateRawSync, deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { inflateColumn } from "../../../src/capture/mariadb-compression.ts";
import { compressedQuery, format, heartbeat, mariadbGtid, rotate, xid } from "../../support/event-packets.ts";
import { feedPackets } from "../../support/packet-feed.ts";

const feed = async (...events: Buffer[]) =>
  await feedPackets(
    "mariadb",
    events.map((event) => Buffer.concat([Buffer.alloc(1), event])),
  );

describe("a log file", () => {
  it("without checksums is refused by the name of the setting, not as damaged", async () => {
    const { error } = await feed(rotate(), format(0), xid().subarray(0, -4));
    expect(error).toMatchObject({
      code: "source.misconfigured",
      message: "the log file carries no CRC32 checksums: it was written with binlog_checksum = NONE",
      hint: expect.stringContaining("binlog_checksum = 'CRC32'") as string,
    });
  });

  it("with checksums is damaged where one does not hold", async () => {
    expect((await feed(rotate(), format(1), xid().subarray(0, -4))).error).toMatchObject({ code: "capture.corrupt" });
  });

  it("that is called one without checksums is read while its events have them all the same", async () => {
    expect((await feed(rotate(), format(0), heartbeat(), format(1))).error).toBeUndefined();
  });
});

describe("a compressed statement", () => {
  const sql = "CREATE TABLE a (b INT)";

  it("is read when it is as long as it says", async () => {
    const { transactions, error } = await feed(mariadbGtid(), compressedQuery(sql), xid());
    expect(error).toBeUndefined();
    expect(transactions[0]?.events).toMatchObject([{ sql }]);
  });

  it.each([
    ["more than it announces", sql.length - 1, /Cannot create a Buffer larger than/],
    ["less", sql.length + 1, /22 bytes where 23 were announced/],
  ])("is refused when it unpacks to %s", async (_what, announced, message) => {
    const { error } = await feed(mariadbGtid(), compressedQuery(sql, announced), xid());
    expect(error).toMatchObject({
      code: "capture.undecodable",
      message: expect.stringMatching(message) as string,
    });
  });
});

describe("a compressed column", () => {
  const bytes = Buffer.alloc(1_000, "x");
  const packed = (announced: number, raw: boolean): Buffer =>
    Buffer.concat([
      Buffer.of(0x80 | (raw ? 0x08 : 0) | 2, announced >> 8, announced & 0xff),
      raw ? deflateRawSync(bytes) : deflateSync(bytes),
    ]);

  it.each([true, false])("is unpacked to what it announces, and no further (raw: %s)", (raw) => {
    expect(inflateColumn(packed(bytes.length, raw))).toEqual(bytes);
    expect(() => inflateColumn(packed(10, raw))).toThrow("Cannot create a Buffer larger than");
    expect(() => inflateColumn(packed(bytes.length + 1, raw))).toThrow("1000 bytes where 1001 were announced");
  });
});
