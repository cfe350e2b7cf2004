// capture: an event's own lengths, proven before the decoder believes them. A checksum only says that the bytes are those that
// were written; what the decoder does with a length that lies is to read the next packet, or to read nothing for ever.
import { AppError } from "../model/app-error.ts";
import { eventType } from "./event-packet.ts";
import { inflateEvent } from "./mariadb-compression.ts";

const rowsImages: Readonly<Record<number, { images: 1 | 2; extra: boolean }>> = {
  [eventType.writeRowsV1]: { images: 1, extra: false },
  [eventType.updateRowsV1]: { images: 2, extra: false },
  [eventType.deleteRowsV1]: { images: 1, extra: false },
  [eventType.writeRowsCompressedV1]: { images: 1, extra: false },
  [eventType.updateRowsCompressedV1]: { images: 2, extra: false },
  [eventType.deleteRowsCompressedV1]: { images: 1, extra: false },
  [eventType.writeRows]: { images: 1, extra: true },
  [eventType.updateRows]: { images: 2, extra: true },
  [eventType.deleteRows]: { images: 1, extra: true },
  [eventType.writeRowsCompressed]: { images: 1, extra: true },
  [eventType.updateRowsCompressed]: { images: 2, extra: true },
  [eventType.deleteRowsCompressed]: { images: 1, extra: true },
};

export function isRowsEvent(type: number): boolean {
  return rowsImages[type] !== undefined;
}

/**
 * @throws capture.undecodable when a length in the body leads outside of it, or rows have no columns
 */
export function checkEventShape(type: number, body: Buffer): void {
  if (type === eventType.query) return void readQueryEnd(body);
  if (type === eventType.queryCompressed) return checkCompressed(body.subarray(readQueryEnd(body) + 1));
  const rows = rowsImages[type];
  if (rows !== undefined) checkRows(body, rows);
}

/** Thread 4, time 4, length of the schema 1, error 2, length of the status variables 2; both, a NUL, the statement. Gives the place of the NUL. */
function readQueryEnd(body: Buffer): number {
  const fixedBytes = 13;
  if (body.length < fixedBytes) throw malformed("a statement that is cut off");
  const end = fixedBytes + body.readUInt16LE(11) + body.readUInt8(8);
  if (end >= body.length || body[end] !== 0) throw malformed("a statement whose lengths do not hold");
  return end;
}

/** The library inflates a statement without a limit, so it is proven first to hold what it announces and no more. */
function checkCompressed(statement: Buffer): void {
  try {
    inflateEvent(statement);
  } catch (error) {
    throw malformed(`a compressed statement that cannot be unpacked: ${(error as Error).message}`);
  }
}

/** Table id 6, flags 2, since version 2 extra data with its length; number of columns, one bitmap or two, the rows. */
function checkRows(body: Buffer, { images, extra }: { images: 1 | 2; extra: boolean }): void {
  const fixedBytes = 8;
  if (body.length < fixedBytes + (extra ? 2 : 0) + 1) throw malformed("rows that are cut off");
  const extraBytes = extra ? body.readUInt16LE(fixedBytes) : 0;
  if (extra && extraBytes < 2) throw malformed("rows with extra data of no length");
  let offset = fixedBytes + extraBytes;
  const first = body[offset] ?? 0xff;
  // No table has more than 4096 columns.
  const columns = first === 0xfc && offset + 3 <= body.length ? body.readUInt16LE(offset + 1) : first;
  if (first > 0xfc || first === 0xfb || columns === 0 || columns > 4_096)
    throw malformed("rows of a table without a possible number of columns");
  offset += first === 0xfc ? 3 : 1;
  const bitmapBytes = Math.ceil(columns / 8) * images;
  if (offset + bitmapBytes > body.length) throw malformed("rows that are cut off");
  // A row of no columns has no bytes: the decoder would find such rows without end, or none where there was one.
  if (body.subarray(offset, offset + bitmapBytes).every((bits) => bits === 0))
    throw malformed("rows without any column");
}

function malformed(what: string): AppError {
  return new AppError("capture.undecodable", `the log holds ${what}`, {
    hint: "Its checksum holds, so it was written like this: check the server's version, and that binlog_row_image = FULL.",
  });
}
