// serve/http: the setting listen_token_file. Takes a path, gives who comes with the token that is in that file; makes the file
// where there is none. So a container can listen from its first start on, and no token is ever shipped or logged.
import { hash, randomBytes, timingSafeEqual } from "node:crypto";
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Logger } from "../../lib/logger.ts";
import { AppError } from "../../model/app-error.ts";
import { type Token, tokenPrefix } from "../../model/token.ts";

/** Under this name the access log knows its reader; no token of `token create` has it. */
export const listenTokenName = "listen-token-file";

type FindToken = (token: string) => Pick<Token, "name" | "scopes"> | undefined;

/** What a request's header can hold, and long enough that nobody guesses it. */
const tokenShape = /^[\w.~+/=-]{32,200}$/;

/** Read once: another token in the file counts from the next start. @throws usage.config */
export function readListenToken(path: string | undefined, log: Logger): FindToken {
  if (path === undefined) return () => undefined;
  if (makeFile(path)) log.info({ file: path }, "made a token that may read over HTTP, in this file");
  const expected = hash("sha256", readToken(path), "buffer");
  return (token) =>
    timingSafeEqual(expected, hash("sha256", token, "buffer"))
      ? { name: listenTokenName, scopes: ["read"] }
      : undefined;
}

/** False where the file is there already. It is there whole or not at all: also for another process that starts at this moment,
 * after a power cut and on a full disk. Half of one would be refused at every start to come. */
function makeFile(path: string): boolean {
  if (existsSync(path)) return false;
  const draft = `${path}.${randomBytes(4).toString("hex")}`;
  const token = `${tokenPrefix}${randomBytes(32).toString("base64url")}`;
  try {
    writeFileSync(draft, `${token}\n`, { flag: "wx", mode: 0o600, flush: true });
    // Other than a renaming, this never replaces what somebody else has just put there.
    linkSync(draft, path);
    return true;
  } catch (error) {
    // Also where its folder may only be read, as with Docker's secrets: what is in it decides.
    if (["EEXIST", "EROFS", "EACCES"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw unusable(path, (error as Error).message, error);
  } finally {
    if (existsSync(draft)) rmSync(draft);
  }
}

function readToken(path: string): string {
  let token: string;
  try {
    token = readFileSync(path, "utf8").trim();
  } catch (error) {
    throw unusable(path, (error as Error).message, error);
  }
  if (tokenShape.test(token)) return token;
  throw unusable(path, "it does not hold a token: 32 to 200 characters on one line, letters, digits and . ~ + / = _ -");
}

function unusable(path: string, why: string, cause?: unknown): AppError {
  return new AppError("usage.config", `setting listen_token_file: ${path}: ${why}`, {
    hint: "Give a file that can be read, or one that is not there yet in a folder that can be written: it is made, with a new token.",
    cause,
  });
}
