// capture: a place in the bytes of one event, moving forward. Every read is bounded: what is not there cannot be read.

/** Bytes that end before they should, or say something that cannot be. Whoever knows the table and column names them. */
export class MalformedBytes extends Error {}

export class ByteCursor {
  readonly buffer: Buffer;
  offset: number;

  constructor(buffer: Buffer, offset = 0) {
    this.buffer = buffer;
    this.offset = offset;
  }

  get left(): number {
    return this.buffer.length - this.offset;
  }

  /** Moves over `count` bytes and gives where they begin. */
  skip(count: number): number {
    const start = this.offset;
    const next = start + count;
    if (!(count >= 0) || next > this.buffer.length)
      throw new MalformedBytes(`${count} bytes wanted, ${this.left} are left`);
    this.offset = next;
    return start;
  }

  take(count: number): Buffer {
    const start = this.skip(count);
    return this.buffer.subarray(start, this.offset);
  }

  uint8(): number {
    return this.buffer[this.skip(1)] as number;
  }

  /** Little-endian, 1 to 6 bytes. */
  uint(width: number): number {
    const { buffer } = this;
    const start = this.skip(width);
    let value = 0;
    for (let index = start + width - 1; index >= start; index -= 1) value = value * 256 + (buffer[index] as number);
    return value;
  }

  /** Big-endian, 1 to 6 bytes. */
  uintBE(width: number): number {
    const { buffer } = this;
    const start = this.skip(width);
    let value = 0;
    for (let index = start; index < start + width; index += 1) value = value * 256 + (buffer[index] as number);
    return value;
  }

  /** The protocol's length-encoded integer. */
  lengthEncoded(): number {
    const first = this.uint8();
    if (first < 251) return first;
    const width = first === 252 ? 2 : first === 253 ? 3 : first === 254 ? 8 : 0;
    if (width === 0) throw new MalformedBytes(`a length cannot begin with ${first}`);
    if (width < 8) return this.uint(width);
    const low = this.uint(4);
    return this.uint(4) * 0x1_0000_0000 + low;
  }
}
