// Gives a TCP port of 127.0.0.1 that was free a moment ago.

import { once } from "node:events";
import { createServer } from "node:net";

// Below the range from which systems take the ports of outgoing connections (32768 and up on Linux):
// while a killed server is down, any client could be given its port, even one that is trying to
// reach the server: it would then be connected to itself, and the server could not come back.
const LOWEST = 18_000;
const HIGHEST = 32_000;
const TRIES = 20;

export async function findFreePort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = await listenOnce(LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST))).catch(() => undefined);
    if (port !== undefined) return port;
  }
  return await listenOnce(0);
}

async function listenOnce(port: number): Promise<number> {
  const server = createServer();
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("the system gave no TCP port");
  return address.port;
}
