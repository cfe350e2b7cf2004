// alert: an alert -> a POST signed as Standard Webhooks says (https://www.standardwebhooks.com). What the receiver answers is
// judged by its status alone; of its text a little is kept, for people.
import { Webhook } from "standardwebhooks";
import { inertJson } from "../lib/inert-json.ts";
import { inertText } from "../lib/inert-text.ts";
import type { Clock } from "../lib/clock.ts";
import type { Alert, DeliveryOutcome, Receiver } from "../model/alert.ts";

export interface WebhookOptions {
  url: string;
  /** Each signs; receivers that know one of them are content. */
  secrets: readonly string[];
  /** Which machine and store it is that tells. */
  origin: { host: string; store: string };
  version: string;
  timeoutMs?: number;
  clock: Clock;
}

const usualTimeoutMs = 15_000;
const answerBytesMax = 1_000;
const retryAfterMaxMs = 86_400_000;

export function createWebhook(options: WebhookOptions): Receiver {
  const { url, version, timeoutMs = usualTimeoutMs, clock } = options;
  const signers = options.secrets.map((secret) => new Webhook(secret));
  const hide = createHiding(url);
  return {
    name: "webhook",
    // A path may be a secret, as those of chats are.
    address: new URL(url).origin,
    async send(alert, stop) {
      const body = webhookBody(alert, options.origin);
      const at = new Date(clock.now());
      const signal = AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]);
      try {
        const response = await fetch(url, {
          method: "POST",
          body,
          headers: {
            "content-type": "application/json; charset=utf-8",
            "user-agent": `audit-overlay/${version}`,
            "webhook-id": alert.message_id,
            // Of this attempt: receivers refuse what is old.
            "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
            "webhook-signature": signers.map((signer) => signer.sign(alert.message_id, at, body)).join(" "),
          },
          // Where it leads is not where the operator said.
          redirect: "manual",
          signal,
        });
        return judge(response, inertText(hide(await readAnswer(response)), 200), clock);
      } catch (error) {
        return { kind: "unreachable", said: hide(describe(error, timeoutMs)) };
      }
    },
  };
}

/** What is posted: text of others is inert in it also where somebody prints it raw. */
export function webhookBody(
  { type, created_at, severity, text, data }: Alert,
  origin: WebhookOptions["origin"],
): string {
  return inertJson({ type, timestamp: created_at, data: { text, severity, ...origin, ...data } });
}

function judge(response: Response, answer: string, clock: Clock): DeliveryOutcome {
  const { status } = response;
  const said = `HTTP ${status}${answer === "" ? "" : `: ${answer}`}`;
  if (response.ok) return { kind: "delivered", said };
  if (status === 410) return { kind: "gone", said };
  if (status >= 300 && status < 400) return { kind: "refused", said: `HTTP ${status}: redirects are not followed` };
  const isBusy = status === 408 || status === 425 || status === 429 || status >= 500;
  if (!isBusy) return { kind: "refused", said };
  const retryAfterMs = parseRetryAfter(response.headers.get("retry-after"), clock);
  return { kind: "unreachable", said, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** Seconds, or a date. */
function parseRetryAfter(header: string | null, clock: Clock): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - clock.now();
  return Number.isNaN(ms) || ms < 0 ? undefined : Math.min(ms, retryAfterMaxMs);
}

/** The beginning of it. The status has said all that counts: an answer that breaks off, or does not end, changes nothing. */
async function readAnswer(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= answerBytesMax) break;
    }
  } catch {
    // What came is shown.
  }
  return Buffer.concat(chunks).subarray(0, answerBytesMax).toString();
}

/** Shorter parts of a path are words, and found in others. */
const secretCharsMin = 8;

/** "Cannot POST /hook/…" is how many a server says that it does not know a path; and the path may be the secret. */
function createHiding(url: string): (text: string) => string {
  const { pathname, search, searchParams } = new URL(url);
  const parts = [...pathname.split("/"), ...searchParams.values()].filter((part) => part.length >= secretCharsMin);
  const secrets = [pathname + search, pathname, ...parts].filter((part) => part !== "/");
  return (text) => secrets.reduce((shown, secret) => shown.replaceAll(secret, "…"), text);
}

function describe(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return "failed";
  if (error.name === "TimeoutError") return `no answer within ${timeoutMs / 1_000} s`;
  const { cause } = error;
  const why =
    cause instanceof Error ? (cause.message === "" ? (cause as NodeJS.ErrnoException).code : cause.message) : undefined;
  return inertText(why ?? error.message, 200);
}
