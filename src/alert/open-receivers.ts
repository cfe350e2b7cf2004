// alert: settings -> the receivers of alerts. Whoever read the settings has read the files that they name.
import { basename } from "node:path";
import { hostname } from "node:os";
import type { Clock } from "../lib/clock.ts";
import type { Receiver } from "../model/alert.ts";
import { AppError } from "../model/app-error.ts";
import type { Config } from "../model/config.ts";
import { createSyslog } from "./syslog.ts";
import type { SyslogAddress } from "./syslog-socket.ts";
import { createWebhook } from "./webhook.ts";

const usualPorts = { udp: 514, tcp: 514, tls: 6514 } as const;
/** As Standard Webhooks asks. */
const secretBytes = { min: 24, max: 64 } as const;

/** None where none is set. @throws usage.config for a webhook without a good secret */
export function openReceivers(config: Config, version: string, clock: Clock): Receiver[] {
  const { webhook_url: url, syslog, syslog_format: format } = config;
  const receivers: Receiver[] = [];
  if (url !== undefined) {
    const origin = { host: hostname(), store: basename(config.store) };
    receivers.push(createWebhook({ url, secrets: parseSecrets(config.webhook_secret), origin, version, clock }));
  }
  if (syslog !== undefined) {
    const address = parseSyslog(syslog, config.syslog_ca);
    receivers.push(createSyslog({ address, format, hostname: hostname(), processId: process.pid, version }));
  }
  return receivers;
}

/** The text of the secret is in no message. */
function parseSecrets(setting: string): string[] {
  const secrets = setting.split(/\s+/).filter(Boolean);
  const fail = (problem: string): never => {
    throw new AppError("usage.config", `setting webhook_secret: ${problem}`, {
      hint: 'Make one with `echo "whsec_$(openssl rand -base64 32)"`, keep it in a file, and give the receiver the same.',
    });
  };
  if (secrets.length === 0) return fail("webhook_url needs a secret, and there is none");
  if (secrets.length > 2) return fail("there are more than two");
  for (const secret of secrets) {
    const base64 = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1];
    const bytes = base64 === undefined ? 0 : Buffer.from(base64, "base64").length;
    if (base64 === undefined || base64.length % 4 !== 0) return fail("must be whsec_ and base64");
    if (bytes < secretBytes.min || bytes > secretBytes.max)
      return fail(`has ${bytes} bytes, must have ${secretBytes.min} to ${secretBytes.max}`);
  }
  return secrets;
}

function parseSyslog(setting: string, ca: string | undefined): SyslogAddress {
  const url = new URL(setting);
  const transport = url.protocol.slice(0, -1) as SyslogAddress["transport"];
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (host === "" || !["", "/"].includes(url.pathname) || url.username !== "") {
    throw new AppError("usage.config", "setting syslog: must be udp://host:port, tcp://host:port or tls://host:port", {
      hint: "For example udp://127.0.0.1:514, or tls://logs.example.com:6514.",
    });
  }
  return { transport, host, port: url.port === "" ? usualPorts[transport] : Number(url.port), ca };
}
