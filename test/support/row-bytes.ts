// Events of the log made by hand: the bytes of row changes, as a server would write them.
import { eventType } from "../../src/capture/event-packet.ts";
import { tableIdBytes } from "./log-bytes.ts";

export interface HandmadeRows {
  type?: number;
  tableId?: number;
  columns?: number;
  /** Bit i: column i is in the images. */
  before?: readonly number[];
  after?: readonly number[];
  /** These are the last rows of their statement. */
  endsStatement?: boolean;
  /** NULL bits and values of each image, one after the other. */
  images: readonly Buffer[];
}

export function rowsBody({
  type = eventType.writeRows,
  tableId = 1,
  columns = 2,
  before,
  after,
  endsStatement = true,
  images,
}: HandmadeRows): Buffer {
  const all = Array.from({ length: (columns + 7) >> 3 }, () => 0xff);
  const second = type === eventType.updateRows ? Buffer.from(after ?? before ?? all) : Buffer.alloc(0);
  return Buffer.concat([
    tableIdBytes(tableId),
    Buffer.of(endsStatement ? 1 : 0, 0, 2, 0, columns),
    Buffer.from(before ?? all),
    second,
    ...images,
  ]);
}

/** An image of 32-bit integers, at most eight. */
export function integersImage(...values: readonly (number | null)[]): Buffer {
  const nulls = values.reduce<number>((bits, value, index) => (value === null ? bits | (1 << index) : bits), 0);
  return Buffer.concat([
    Buffer.of(nulls),
    ...values
      .filter((value) => value !== null)
      .map((value) => {
        const bytes = Buffer.alloc(4);
        bytes.writeInt32LE(value);
        return bytes;
      }),
  ]);
}
