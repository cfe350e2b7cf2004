// serve/cli: the five questions of `auditctl init`, on a terminal. Each gives null where the person broke off.
import { isCancel, multiselect, password, select, text } from "@clack/prompts";
import type { Readable, Writable } from "node:stream";
import { keptByFile } from "./init-file.ts";
import type { InitWords } from "./words/init-words.ts";
import { printable } from "./terminal.ts";

export interface Questions {
  input: Readable;
  output: Writable;
  words: InitWords;
}

export interface Login {
  host: string;
  port: number;
  user: string;
  password: string;
}

/** @param known what the answers are without a word; the password is asked only where nothing gave it */
export async function askLogin(
  known: Login,
  passwordOrigin: string | null,
  questions: Questions,
): Promise<Login | null> {
  const { words } = questions;
  const server = await askText(questions, words.server, formatServer(known), (answer) =>
    parseServer(answer) === null ? words.notServer : undefined,
  );
  if (server === null) return null;
  const user = await askText(questions, words.user, known.user, (answer) =>
    answer === "" ? words.missing : undefined,
  );
  if (user === null) return null;
  const parsed = parseServer(server) ?? known;
  if (passwordOrigin !== null) {
    questions.output.write(`${words.passwordKnown(printable(passwordOrigin))}\n`);
    return { ...parsed, user, password: known.password };
  }
  const secret = await password({
    ...streams(questions),
    message: words.password,
    validate: (answer = "") => (answer === "" ? words.missing : keptByFile(answer) ? undefined : words.trailingSpace),
  });
  return isCancel(secret) ? null : { ...parsed, user, password: secret };
}

/** @param known they are offered too: an account that may only read the log need not see what it audits
 * @param listed names that the account sees; null or none: they are typed */
export async function askDatabases(
  known: readonly string[],
  listed: readonly string[] | null,
  questions: Questions,
): Promise<string[] | null> {
  const { words } = questions;
  if (listed === null || listed.length === 0) {
    const answer = await askText(questions, words.databases, known.join(", "), () => undefined, words.all);
    return (
      answer
        ?.split(",")
        .map((name) => name.trim())
        .filter(Boolean) ?? null
    );
  }
  const chosen = await multiselect({
    ...streams(questions),
    message: words.databasesListed,
    options: [...new Set([...known, ...listed])].map((name) => ({ value: name, label: printable(name, 80) })),
    initialValues: [...known],
    required: false,
    showInstructions: false,
  });
  return isCancel(chosen) ? null : chosen;
}

export async function askStore(known: string, questions: Questions): Promise<string | null> {
  return await askText(questions, questions.words.store, known, (answer) =>
    answer === "" ? questions.words.missing : undefined,
  );
}

/** What to do about a server that is not ready. */
export async function askWhatNow(questions: Questions): Promise<"again" | "change" | "anyway" | null> {
  const { words } = questions;
  const answer = await select({
    ...streams(questions),
    message: words.next,
    showInstructions: false,
    options: [
      { value: "again" as const, label: words.again },
      { value: "change" as const, label: words.change },
      { value: "anyway" as const, label: words.anyway },
    ],
  });
  return isCancel(answer) ? null : answer;
}

/** `host`, `host:3307`, `[::1]:3306` */
export function parseServer(answer: string): { host: string; port: number } | null {
  const [, bracketed, plain, port = "3306"] =
    /^(?:\[([\da-f:.%\w]+)\]|([^\s:/@[\]]+))(?::(\d{1,5}))?$/i.exec(answer) ?? [];
  const host = bracketed ?? plain;
  const number = Number(port);
  return host === undefined || number < 1 || number > 65_535 ? null : { host, port: number };
}

function formatServer({ host, port }: Login): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Nothing typed is `known`, which is shown. */
async function askText(
  questions: Questions,
  message: string,
  known: string,
  fault: (answer: string) => string | undefined,
  shown = known,
): Promise<string | null> {
  const answer = await text({
    ...streams(questions),
    message,
    placeholder: known === "" ? shown : known,
    defaultValue: known,
    validate: (typed = "") => (typed.trim() === "" ? fault(known) : fault(typed.trim())),
  });
  return isCancel(answer) ? null : answer.trim();
}

function streams({ input, output }: Questions): { input: Readable; output: Writable } {
  return { input, output };
}
