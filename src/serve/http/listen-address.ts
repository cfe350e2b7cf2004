// serve/http: where to listen. Takes `host:port`, gives its parts, and whether others can reach it.
import { isIPv4 } from "node:net";
import { AppError } from "../../model/app-error.ts";

export const usualListenAddress = "127.0.0.1:8180";

export interface ListenAddress {
  host: string;
  /** 0: any that is free. */
  port: number;
  /** Only this machine can reach it. */
  loopback: boolean;
}

/** @throws usage.config */
export function parseListenAddress(text: string): ListenAddress {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(text);
  const host = match?.[1] ?? match?.[2] ?? "";
  const port = Number(match?.[3] ?? -1);
  if (host === "" || port < 0 || port > 65_535) {
    throw new AppError("usage.config", `setting listen: ${text} is not host:port`, {
      hint: `For example ${usualListenAddress}, or [::1]:8180.`,
    });
  }
  // A name could point anywhere; only this one is known to be here.
  return { host, port, loopback: host === "localhost" || isLoopback(host) };
}

export function isLoopback(address: string): boolean {
  return address === "::1" || (isIPv4(address) && address.startsWith("127."));
}
