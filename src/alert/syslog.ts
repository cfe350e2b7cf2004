// alert: a syslog receiver, as alerts are given to receivers.
import type { Receiver } from "../model/alert.ts";
import { type SyslogAddress, sendSyslog } from "./syslog-socket.ts";
import { syslogMessage, type SyslogOptions } from "./syslog-message.ts";

interface SyslogReceiverOptions extends Omit<SyslogOptions, "bytesMax"> {
  address: SyslogAddress;
}

/** What receivers should take by RFC 5424; over a connection most take more. */
const bytesMax = { udp: 2_048, tcp: 8_192, tls: 8_192 } as const;

export function createSyslog({ address, ...format }: SyslogReceiverOptions): Receiver {
  const { transport, host, port } = address;
  return {
    name: "syslog",
    address: `${transport}://${host.includes(":") ? `[${host}]` : host}:${port}`,
    send: (alert, signal) =>
      sendSyslog(syslogMessage(alert, { ...format, bytesMax: bytesMax[transport] }), address, signal),
  };
}
