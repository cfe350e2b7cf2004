// Takes whatever the driver threw, gives the error a person can act on. The URL's password is never in it.
import { AppError } from "../src/model/app-error.ts";

/** Errors that are neither the driver's nor the server's come back as they are: they are bugs. */
export function sourceError(error: unknown, url: string): unknown {
  if (error instanceof AppError || !(error instanceof Error) || !("code" in error)) return error;
  const { host } = new URL(url);
  const code = String(error.code);
  if (code === "ER_ACCESS_DENIED_ERROR") {
    return new AppError("source.access_denied", `${host} refuses this user or password`, {
      hint: "Check the user and password in --url.",
      cause: error,
    });
  }
  if (unreachable.has(code)) {
    return new AppError("source.unreachable", `cannot reach ${host} (${code})`, {
      hint: "Check that the server runs and that --url names its host and port.",
      cause: error,
    });
  }
  if (code.startsWith("ER_")) {
    return new AppError("demo.failed", `the server refused: ${error.message} (${code})`, {
      hint: "Check --database, and that the account in --url may create a database and tables and write to them.",
      cause: error,
    });
  }
  return error;
}

const unreachable: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ETIMEDOUT",
  "EPIPE",
  "PROTOCOL_CONNECTION_LOST",
]);
