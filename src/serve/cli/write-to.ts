// serve/cli: text or bytes -> a stream, waiting while its reader is slow.
import { once } from "node:events";
import type { Writable } from "node:stream";

export async function writeTo(stream: Writable, data: string | Uint8Array): Promise<void> {
  if (!stream.write(data)) await once(stream, "drain");
}
