// A port that leads to one server and then to another, as a failover address or a changed DNS name does.
import { connect, createServer, type Socket } from "node:net";

interface Target {
  host: string;
  port: number;
}

export interface SwitchProxy extends AsyncDisposable {
  readonly port: number;
  /** Cuts every connection; the next ones lead to `target`. */
  switchTo(target: Target): void;
}

export async function openSwitchProxy(first: Target): Promise<SwitchProxy> {
  let target = first;
  const open = new Set<Socket>();
  const cut = (): void => {
    for (const socket of open) socket.destroy();
  };
  const server = createServer((client) => {
    const upstream = connect({ host: target.host, port: target.port });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(socket);
      socket.on("error", () => {});
      socket.once("close", () => {
        open.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    switchTo: (next) => {
      target = next;
      cut();
    },
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      cut();
      await closed;
    },
  };
}
