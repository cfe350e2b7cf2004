// Real receivers of alerts on free ports of this machine, in this process; ended with the test.
import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer as createHttpServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";

export interface Posted {
  headers: Record<string, string>;
  body: string;
}

export interface WebhookReceiver extends AsyncDisposable {
  url: string;
  posted: Posted[];
  /** How it answers from now on. */
  answer: (response: ServerResponse, posted: Posted) => void;
}

export async function openWebhookReceiver(): Promise<WebhookReceiver> {
  const posted: Posted[] = [];
  const receiver = { answer: (response: ServerResponse, _posted: Posted): void => void response.end("thanks") };
  const server = createHttpServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const one = { headers: asText(request.headers), body: Buffer.concat(chunks).toString() };
      posted.push(one);
      receiver.answer(response, one);
    });
  });
  const port = await listen(server);
  return Object.assign(receiver, {
    url: `http://127.0.0.1:${port}/hook`,
    posted,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  });
}

function asText(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

export interface SyslogReceiver extends AsyncDisposable {
  port: number;
  /** Bytes of each connection, or of each datagram. */
  received: Buffer[];
}

/** Over TCP or, with a certificate, TLS. @param onConnection without it, everything is read to its end */
export async function openStreamReceiver(
  tls?: { cert: string; key: string },
  onConnection?: (socket: Socket) => void,
): Promise<SyslogReceiver> {
  const received: Buffer[] = [];
  const sockets = new Set<Socket>();
  const accept = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    if (onConnection !== undefined) return onConnection(socket);
    const chunks: Buffer[] = [];
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("end", () => received.push(Buffer.concat(chunks)));
  };
  const server =
    tls === undefined ? createTcpServer(accept) : createTlsServer(tls, accept).on("tlsClientError", () => {});
  const port = await listen(server);
  return {
    port,
    received,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

export async function openDatagramReceiver(): Promise<SyslogReceiver> {
  const received: Buffer[] = [];
  const socket = createSocket("udp4");
  socket.on("message", (message) => received.push(message));
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    port: socket.address().port,
    received,
    [Symbol.asyncDispose]: async () => {
      socket.close();
      await once(socket, "close");
    },
  };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** A certificate for `localhost`, which is its own authority. */
export function makeCertificate(
  folder: { file: (name: string) => string },
  name = "localhost",
): { cert: string; key: string } {
  const [cert, key] = [folder.file(`${name}.pem`), folder.file(`${name}.key`)];
  const made = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const names = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`];
  execFileSync("openssl", ["req", ...made, ...names, "-keyout", key, "-out", cert], { stdio: "ignore" });
  return { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") };
}
