// alert: bytes -> a syslog receiver, over UDP (RFC 5426), TCP (RFC 6587, octet counting) or TLS (RFC 5425). One connection for
// each message: there are few of them, and the end of a connection is the only thing by which syslog says that it took one.
import { createSocket } from "node:dgram";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { DeliveryOutcome } from "../model/alert.ts";

export interface SyslogAddress {
  transport: "udp" | "tcp" | "tls";
  host: string;
  port: number;
  /** PEM text; undefined: the authorities that Node knows. */
  ca: string | undefined;
}

/** To connect, and to hand over what is sent: each. */
const stepMs = 10_000;
/** A host with nobody at the port says so at once; one that is farther away, or silent, never does. */
const refusalMs = 250;
/** After the end was sent the other side closes too. One that does not has been given the message nevertheless. */
const closeMs = 2_000;

export async function sendSyslog(
  message: Buffer,
  address: SyslogAddress,
  signal: AbortSignal,
): Promise<DeliveryOutcome> {
  try {
    const said = await (address.transport === "udp"
      ? sendDatagram(message, address, signal)
      : sendFrame(message, address, signal));
    return { kind: "delivered", said };
  } catch (error) {
    return { kind: "unreachable", said: describe(error) };
  }
}

function sendDatagram(message: Buffer, { host, port }: SyslogAddress, signal: AbortSignal): Promise<string> {
  const socket = createSocket(isIP(host) === 6 ? "udp6" : "udp4");
  let timer: NodeJS.Timeout | undefined;
  let stopped: (() => void) | undefined;
  return new Promise<string>((resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no address within ${stepMs / 1_000} s`)), stepMs);
    socket.on("error", reject);
    stopped = onStop(signal, reject);
    // Connected, so that a refusal by the other host comes back to us.
    socket.connect(port, host, () => {
      socket.send(message, (error) => {
        if (error !== null) return reject(error);
        clearTimeout(timer);
        timer = setTimeout(
          () => resolve(`sent ${message.length} bytes; UDP does not say whether it arrived`),
          refusalMs,
        );
      });
    });
  }).finally(() => {
    clearTimeout(timer);
    socket.removeAllListeners();
    socket.on("error", () => {});
    stopped?.();
    socket.close();
  });
}

function sendFrame(message: Buffer, address: SyslogAddress, signal: AbortSignal): Promise<string> {
  const { transport, host, port, ca } = address;
  const secure = transport === "tls";
  let timer: NodeJS.Timeout | undefined;
  let socket: Socket | undefined;
  let stopped: (() => void) | undefined;
  return new Promise<string>((resolve, reject) => {
    const within = (ms: number, late: () => void): void => {
      clearTimeout(timer);
      timer = setTimeout(late, ms);
    };
    const done = `written, ${message.length} bytes, and not refused`;
    within(stepMs, () => reject(new Error(`no connection within ${stepMs / 1_000} s`)));
    stopped = onStop(signal, reject);
    const onConnected = (): void => {
      within(stepMs, () => reject(new Error(`not taken within ${stepMs / 1_000} s`)));
      socket?.end(Buffer.concat([Buffer.from(`${message.length} `), message]), () =>
        within(closeMs, () => resolve(done)),
      );
    };
    socket = secure
      ? connectTls(
          { host, port, ...(ca === undefined ? {} : { ca }), ...(isIP(host) === 0 ? { servername: host } : {}) },
          onConnected,
        )
      : connectTcp({ host, port }, onConnected);
    const opened = socket;
    opened.on("error", reject);
    // What a receiver sends is not read for its meaning, but must be read for its end to be seen.
    opened.resume();
    opened.once(
      "end",
      () => opened.writableFinished || reject(new Error("the receiver closed before it took the message")),
    );
    opened.once("close", (hadError) => (hadError ? undefined : resolve(done)));
  }).finally(() => {
    clearTimeout(timer);
    stopped?.();
    socket?.on("error", () => {});
    socket?.destroy();
  });
}

/** Gives what ends the listening: the signal lives as long as the process, and there is one message after the other. */
function onStop(signal: AbortSignal, reject: (reason: Error) => void): () => void {
  const stop = (): void => reject(new Error("stopped"));
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  return () => signal.removeEventListener("abort", stop);
}

function describe(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  // Several addresses of one name, none of which answers: an error of errors, without words of its own.
  const words =
    message === "" && error instanceof AggregateError ? (error.errors as Error[]).map((one) => one.message) : [];
  return [message === "" ? (code ?? "failed") : message, ...words].join("; ");
}
