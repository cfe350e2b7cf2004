// Every error a user can meet, in one table: the code, the exit status of `auditctl`, and what it means.
// docs/errors.md is generated from it. Anything that is not an AppError is a bug.

/** Exit statuses of `auditctl`, by meaning. 0 is success. */
export const exitStatus = {
  failure: 1,
  usage: 2,
  found: 3,
  misconfigured: 4,
  unreachable: 5,
  store: 6,
  rules: 7,
  notFound: 8,
  stopped: 9,
} as const;

export const exitStatusMeanings: Record<keyof typeof exitStatus, string> = {
  failure: "something failed that has no status of its own",
  usage: "a flag, setting or argument is wrong; nothing was done",
  found: "`verify` found a fault in the trail, or `status --fail-on-gap` a gap",
  misconfigured: "the server's settings or the account's privileges would blind the trail",
  unreachable: "the server cannot be reached or refuses the login",
  store: "the store cannot be used: in use, newer, missing, damaged or full",
  rules: "a rule pack has a mistake",
  notFound: "nothing in the trail by that name",
  stopped: "capture stopped and needs a person: a gap, or an event we must not guess at",
};

interface ErrorCodeEntry {
  exit: keyof typeof exitStatus;
  /** HTTP status where it is not the usual one of its exit. */
  http?: number;
  summary: string;
}

export const errorCodes = {
  "usage.argument": { exit: "usage", summary: "A command was given an argument or flag it does not take." },
  "usage.config": { exit: "usage", summary: "A setting is missing, unknown or of the wrong form." },
  "usage.query": {
    exit: "usage",
    summary: "A question has a parameter that is missing, unknown or of the wrong form.",
  },
  "source.unreachable": { exit: "unreachable", summary: "The server cannot be reached at that host and port." },
  "source.access_denied": { exit: "unreachable", summary: "The server refuses the user or the password." },
  "source.misconfigured": {
    exit: "misconfigured",
    summary: "Server settings or privileges would blind the trail; each is listed with its cure.",
  },
  "capture.gap": { exit: "stopped", summary: "The server no longer has transactions that the trail still needs." },
  "capture.diverged": {
    exit: "stopped",
    summary: "The server has less history than the trail: it was reset, restored from a backup, or is another server.",
  },
  "capture.undecodable": { exit: "stopped", summary: "The log holds an event that cannot be decoded with certainty." },
  "capture.corrupt": { exit: "stopped", summary: "The log came damaged: a checksum or a length does not hold." },
  "capture.incident": {
    exit: "stopped",
    summary: "The server says that changes are missing from its log (INCIDENT event).",
  },
  "capture.guard_failed": {
    exit: "failure",
    summary: "The packet guard failed its self-test at start-up; nothing was read.",
  },
  "capture.connection_lost": {
    exit: "unreachable",
    summary: "The connection to the server was lost. `run` tries again by itself.",
  },
  "capture.duplicate_instance": {
    exit: "stopped",
    summary: "Another client reads this server's log with the same server id.",
  },
  "snapshot.access_denied": {
    exit: "misconfigured",
    summary: "The account may not read a table that a snapshot was asked of.",
  },
  "snapshot.no_table": { exit: "notFound", summary: "No table by that name, or none that the account may see." },
  "snapshot.table_changed": {
    exit: "failure",
    summary: "A table was altered while its snapshot was taken. What is stored stays; run it again.",
  },
  "snapshot.failed": {
    exit: "failure",
    summary: "The server refused or broke off the reading of a table. What is stored stays; run it again.",
  },
  "store.in_use": { exit: "store", summary: "Another process is writing to this store." },
  "store.newer": { exit: "store", summary: "The store was written by a newer version of audit-overlay." },
  "store.missing": { exit: "store", summary: "There is no store at that path." },
  "store.damaged": { exit: "store", summary: "The file is not a store of audit-overlay, or SQLite cannot read it." },
  "store.write_failed": {
    exit: "store",
    summary: "SQLite could not write (disk full, I/O error, read-only). Nothing was half stored.",
  },
  "store.other_source": { exit: "store", summary: "The store holds the trail of another server." },
  "rules.invalid": { exit: "rules", summary: "A rule pack has a mistake; file, line and column are given." },
  "trace.not_found": { exit: "notFound", summary: "The trail holds nothing about that entity." },
  "verify.failed": {
    exit: "found",
    summary: "The trail does not verify: something in the file was changed after it was written.",
  },
  "ingest.invalid": {
    exit: "usage",
    summary: "A post is not in Debezium's envelope; each fault is told with its path.",
  },
  "alert.undelivered": { exit: "unreachable", summary: "A receiver of alerts did not take a test alert." },
  "access.unauthenticated": {
    exit: "unreachable",
    http: 401,
    summary:
      "The service wants a token, and none was given, or one that it does not know, that expired or was revoked.",
  },
  "access.forbidden": {
    exit: "unreachable",
    http: 403,
    summary: "The token lacks the scope, or the request came for a host or from a web page that is not ours.",
  },
  "access.rate_limited": {
    exit: "failure",
    http: 429,
    summary: "Too many requests; `Retry-After` says when to go on.",
  },
  "access.no_token": { exit: "notFound", summary: "There is no token by that name." },
  "access.tampered": {
    exit: "found",
    summary: "The log of who read the trail does not verify: a row was changed or is gone.",
  },
  "service.no_route": { exit: "notFound", summary: "The service has nothing at that path." },
  "service.method": { exit: "usage", http: 405, summary: "The path is there, and takes another method." },
  "service.too_large": {
    exit: "usage",
    http: 413,
    summary: "The request's body, URL or headers, or the answer to it, are larger than allowed.",
  },
  "service.media_type": { exit: "usage", http: 415, summary: "The request's body is of a type that is not read here." },
  "service.timeout": { exit: "usage", http: 408, summary: "The request did not arrive in time." },
  "service.busy": {
    exit: "unreachable",
    summary: "The service has as much of this in hand as it takes on. Try again soon.",
  },
  "service.unreachable": {
    exit: "unreachable",
    summary: "The service given with --url cannot be reached, or is not ours.",
  },
  "service.not_ready": {
    exit: "unreachable",
    summary: "The service runs, but its trail does not grow: capture needs a person, or was not heard of for too long.",
  },
  "service.listen_failed": {
    exit: "failure",
    summary: "The address cannot be listened on: in use, or not of this machine.",
  },
  "demo.failed": { exit: "failure", summary: "The demo could not get a server or did not finish." },
  bug: { exit: "failure", summary: "A broken assumption in audit-overlay itself. Please report it." },
} as const satisfies Record<string, ErrorCodeEntry>;

export type ErrorCode = keyof typeof errorCodes;

/** The HTTP edge: the usual status of an exit. */
const httpStatusByExit: Record<keyof typeof exitStatus, number> = {
  failure: 500,
  usage: 400,
  found: 500,
  misconfigured: 503,
  unreachable: 503,
  store: 503,
  rules: 500,
  notFound: 404,
  stopped: 503,
};

interface AppErrorOptions {
  hint: string;
  cause?: unknown;
  /** Several findings under one error, for example every problem preflight met. */
  details?: readonly string[];
}

/** An error as it leaves the process, or a thread. */
export interface ErrorJson {
  code: ErrorCode;
  message: string;
  hint: string;
  details?: readonly string[];
}

/** An operating or usage error: one line for the user, a hint for the cure, never a stack trace. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly details: readonly string[];

  constructor(code: ErrorCode, message: string, options: AppErrorOptions) {
    super(message, { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.hint = options.hint;
    this.details = options.details ?? [];
  }

  static fromJSON({ code, message, ...options }: ErrorJson): AppError {
    return new AppError(code, message, options);
  }

  get exitStatus(): number {
    return exitStatus[errorCodes[this.code].exit];
  }

  get httpStatus(): number {
    const entry: ErrorCodeEntry = errorCodes[this.code];
    return entry.http ?? httpStatusByExit[entry.exit];
  }

  /** The one JSON shape of an error on every face. */
  toJSON(): { error: ErrorJson } {
    return {
      error: {
        code: this.code,
        message: this.message,
        hint: this.hint,
        ...(this.details.length > 0 ? { details: this.details } : {}),
      },
    };
  }
}

/** An error in a log line. What is no AppError is a bug of ours, counted as one, and comes with its stack. */
export function errorFields(error: unknown): { code: ErrorCode; error: string; hint?: string; stack?: string } {
  if (error instanceof AppError) {
    const { code, message, hint } = error;
    return { code, error: message, hint };
  }
  if (!(error instanceof Error)) return { code: "bug", error: String(error) };
  return { code: "bug", error: error.message, ...(error.stack === undefined ? {} : { stack: error.stack }) };
}
