// The settings, in one flat table: a key in the config file, AUDIT_<KEY> in the environment, --<key> as a flag.
// Parsed once, at the edge; docs/configuration.md is generated from it.
import { z } from "zod";
import { isSchedule } from "../lib/schedule.ts";
import { isTimeZone } from "../lib/zoned-day.ts";

export const tlsModes = ["auto", "off", "required", "verify"] as const;
export const logLevels = ["error", "warn", "info", "debug"] as const;

/** Settings in words a person can type; numbers and lists also as text, as the environment and flags give them. */
const integer = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.coerce.number({ error }).int({ error }).min(min, { error }).max(max, { error });
};
const number = (min: number, max: number) => {
  const error = `must be a number from ${min} to ${max}`;
  return z.coerce.number({ error }).min(min, { error }).max(max, { error });
};
/** Also as text; a flag that stands alone gives `true`. */
const onOff = z.preprocess(
  (value) => (value === "true" ? true : value === "false" ? false : value),
  z.boolean({ error: "must be true or false" }),
);
const list = z.preprocess(
  (value) =>
    typeof value === "string"
      ? value
          .split(",")
          .map((item) => item.trim())
          .filter(Boolean)
      : value,
  z.array(z.string().min(1)),
);

/** What is no URL at all was found to be none already, and still comes here. */
const holdsNoLogin = (text: string): boolean => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url === undefined || (url.username === "" && url.password === "");
};

export const configSchema = z.strictObject({
  store: z
    .string()
    .min(1)
    .default("audit-overlay.db")
    .describe("Path of the store, one SQLite file. Created by `run`."),
  host: z.string().min(1).default("127.0.0.1").describe("Host of the MySQL or MariaDB server whose log is read."),
  port: integer(1, 65_535).default(3306).describe("Its port."),
  user: z
    .string()
    .min(1)
    .default("audit_overlay")
    .describe(
      "Account to log in with. It needs REPLICATION SLAVE and nothing else; `snapshot` needs SELECT on its tables instead.",
    ),
  password: z
    .string()
    .default("")
    .describe("Its password. Not a flag, because other users of the machine can read those."),
  password_file: z.string().min(1).optional().describe("File that holds the password; used instead of `password`."),
  tls: z
    .enum(tlsModes)
    .default("auto")
    .describe(
      "`verify`: encrypted, certificate checked. `required`: encrypted. `off`: plain. `auto`: plain to this machine, else `required`.",
    ),
  tls_ca: z.string().min(1).optional().describe("File with the certificate authority for `tls: verify`."),
  databases: list.default([]).describe("Databases to audit. Empty: all of them."),
  start_from: z
    .enum(["now", "earliest"])
    .default("now")
    .describe("Where a new store begins: at this moment, or at the oldest change the server still has."),
  wait_for_server: onOff
    .default(false)
    .describe(
      "`run`: wait for a server that cannot be reached when it starts, as it does later on, instead of failing. For services: an address that is mistyped then shows as RETRYING.",
    ),
  rules: list.default([]).describe("Rule packs: files, or names of packs that come with audit-overlay (`pharmacy`)."),
  actor_tags: list
    .default(["user_id", "user", "username", "app_user"])
    .describe(
      "Keys that name the application's user in the comment at the end of a statement; the first one that is there counts.",
    ),
  heartbeat_seconds: integer(1, 3600).default(5).describe("How often an idle server is asked to show it is alive."),
  silence_seconds: integer(2, 7200)
    .default(15)
    .describe("Silence after which the connection is given up and made anew."),
  value_bytes_max: integer(64, 16_777_216)
    .default(1_048_576)
    .describe("Bytes of one value that are kept whole; a longer one is kept as its length, SHA-256 and beginning."),
  log_level: z
    .enum(logLevels)
    .default("info")
    .describe("How much `run` and `serve` log, as JSON lines on standard error."),
  log_file: z
    .string()
    .min(1)
    .optional()
    .describe(
      "File that they log into instead. Standard error then has only what the file could not take, and the error that ends them.",
    ),
  log_file_bytes: integer(1024, 104_857_600)
    .default(10_485_760)
    .describe("Bytes at which it is rotated: `app.log` becomes `app.log.1.gz`, compressed."),
  log_files: integer(1, 1_000).default(10).describe("Compressed log files that are kept; the oldest goes."),
  listen: z
    .string()
    .regex(/^(\[[\da-f:.%\w]+\]|[^\s:/[\]]+):\d{1,5}$/i, { error: "must be host:port, such as 127.0.0.1:8180" })
    .optional()
    .describe(
      "Where the HTTP API listens, `host:port`. `serve` without it: `127.0.0.1:8180`; `run` without it: nowhere. An address that others can reach needs a token.",
    ),
  listen_token_file: z
    .string()
    .min(1)
    .optional()
    .describe(
      "File with a token that may read over HTTP, besides those of `token create`. Where there is no such file, one is made with a new token in it, for its owner alone.",
    ),
  listen_tls_cert: z
    .string()
    .min(1)
    .optional()
    .describe("File with the certificate (chain, PEM) of the HTTP API; with it and its key, only HTTPS is spoken."),
  listen_tls_key: z.string().min(1).optional().describe("File with its private key (PEM)."),
  listen_names: list
    .default([])
    .describe("Host names under which the HTTP API is asked besides its own address, for example behind a proxy."),
  require_token: onOff.default(false).describe("Ask for a token even of programs on this machine."),
  rate_limit: integer(1, 1_000_000)
    .default(100)
    .describe("Requests per second that one token (without tokens: one address) may make of each route."),
  url: z
    .url({ protocol: /^https?$/, error: "must be http://host:port or https://host:port" })
    .optional()
    .describe("Ask this running service instead of the store file."),
  token: z
    .string()
    .default("")
    .describe("Token for `url`. Not a flag, because other users of the machine can read those."),
  zone: z
    .string()
    .refine(isTimeZone, { error: "must be the name of a time zone, such as America/Lima" })
    .optional()
    .describe("Time zone of days and of times on a terminal, an IANA name. Without it: TZ, else that of this machine."),
  lang: z
    .enum(["en", "es"])
    .optional()
    .describe("Language on a terminal. Without it: that of LC_ALL, LC_MESSAGES or LANG, else English."),
  detect: onOff.default(true).describe("Look for anomalies while `run` captures."),
  business_hours: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-4]):[0-5]\d$/, { error: "must be hh:mm-hh:mm, such as 08:00-21:00" })
    .optional()
    .describe("Hours in which work is done, in `zone`; outside them is after hours. Without it they are learned."),
  detect_z: number(2, 20)
    .default(3)
    .describe(
      "How far from usual something must be to be told, in robust standard deviations; chance alone is taken off for all that is looked at.",
    ),
  detect_factor: number(1, 100)
    .default(2)
    .describe("And how many times as much as usual, or as little: a watch of a rule pack may say otherwise."),
  detect_days: integer(7, 366).default(28).describe("Days that baselines look back."),
  summary_at: z
    .string()
    .refine((text) => text === "off" || isSchedule(text), {
      error: "must be a cron expression such as 30 23 * * *, or off",
    })
    .default("30 23 * * *")
    .describe("When the summary of the day is written, a cron expression in `zone`; `off`: never."),
  model_provider: z
    .enum(["ollama", "openai", "off"])
    .default("ollama")
    .describe(
      "Who words summaries and explanations: Ollama, any endpoint that speaks OpenAI's protocol, or nobody. Numbers are never theirs.",
    ),
  model_url: z
    .url({ protocol: /^https?$/, error: "must be http://host:port or https://host:port" })
    .refine(holdsNoLogin, {
      error: "must not hold a user or a password; a key goes into model_key_file",
    })
    .default("http://127.0.0.1:11434")
    .describe("Where the model is. Facts go there, never a masked value."),
  model: z.string().min(1).default("llama3.2:3b").describe("Name of the model."),
  model_key: z.string().default("").describe("Key for `model_url`. Not a flag, because other users can read those."),
  model_key_file: z.string().min(1).optional().describe("File that holds the key; used instead of `model_key`."),
  model_timeout_seconds: integer(1, 600).default(30).describe("How long one try of a question to the model may take."),
  webhook_url: z
    .url({ protocol: /^https?$/, error: "must be http://host/path or https://host/path" })
    .refine(holdsNoLogin, {
      error: "must not hold a user or a password; the secret signs what is sent",
    })
    .optional()
    .describe("Where alerts are posted, signed as Standard Webhooks. Not a flag, because its path may be a secret."),
  webhook_url_file: z
    .string()
    .min(1)
    .optional()
    .describe("File that holds that address; used instead of `webhook_url`."),
  webhook_secret: z
    .string()
    .default("")
    .describe(
      "Secret that signs them, `whsec_` and base64 of 24 to 64 bytes; while it is changed two of them, with a space between. Not a flag, because other users can read those.",
    ),
  webhook_secret_file: z
    .string()
    .min(1)
    .optional()
    .describe("File that holds the secret; used instead of `webhook_secret`."),
  syslog: z
    .url({ protocol: /^(udp|tcp|tls)$/, error: "must be udp://host:port, tcp://host:port or tls://host:port" })
    .optional()
    .describe("Where alerts are sent as syslog (RFC 5424). Without a port: 514, `tls` 6514."),
  syslog_ca: z
    .string()
    .min(1)
    .optional()
    .describe("File with the certificate authority for `syslog: tls://…`. Without it: those that Node knows."),
  syslog_format: z
    .enum(["text", "cef"])
    .default("text")
    .describe("What such a message holds: plain words, or ArcSight's Common Event Format."),
  alert_severity: z
    .enum(["low", "medium", "high"])
    .default("medium")
    .describe("Anomalies from this severity on are told."),
  alert_after_seconds: integer(30, 86_400)
    .default(300)
    .describe("How long capture may be without its server, or hear nothing, until that is told."),
  alert_summaries: onOff.default(false).describe("Tell also that the summary of a day is written, with its words."),
  token_file: z.string().min(1).optional().describe("File that holds the token; used instead of `token`."),
});

export type Config = z.infer<typeof configSchema>;
export type ConfigKey = keyof Config;

/** Never printed, logged or shown. */
export const secretKeys: ReadonlySet<ConfigKey> = new Set<ConfigKey>([
  "password",
  "token",
  "model_key",
  "webhook_url",
  "webhook_secret",
]);

/** How to reach the server. */
export interface SourceConnection {
  host: string;
  port: number;
  user: string;
  password: string;
  tls: (typeof tlsModes)[number];
  /** PEM text. */
  tlsCa: string | undefined;
}
