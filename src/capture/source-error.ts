// capture: takes what the client library or the server says, gives an AppError with the cure.
// Error 1236 means a dozen different things, told apart only by its text (texts seen on MySQL 9.7 and MariaDB 10.11).
import { AppError, type ErrorCode } from "../model/app-error.ts";
import type { SourceConnection } from "../model/config.ts";

interface ServerError {
  code?: string;
  errno?: number;
  message: string;
}

const unreachableCodes = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);
const lostCodes = new Set([
  "PROTOCOL_CONNECTION_LOST",
  "ECONNRESET",
  "EPIPE",
  "ERR_STREAM_WRITE_AFTER_END",
  "PROTOCOL_SEQUENCE_TIMEOUT",
]);
/** Shutdown in progress, query interrupted, connection killed, idle connection dropped. */
const lostNumbers = new Set([1053, 1317, 1927, 4031]);
/** Access denied, for one reason or another; no account for this machine, or too many failed tries from it; account locked;
 * password expired. */
const deniedNumbers = new Set([1044, 1045, 1129, 1130, 1698, 3118, 1820, 1862]);

export function toSourceError(error: unknown, connection: SourceConnection): AppError {
  if (error instanceof AppError) return error;
  const { code = "", errno = 0, message } = asServerError(error);
  const address = `${connection.host}:${connection.port}`;
  const make = (appCode: ErrorCode, text: string, hint: string) => new AppError(appCode, text, { hint, cause: error });

  if (unreachableCodes.has(code)) {
    return make(
      "source.unreachable",
      `cannot reach ${address} (${code})`,
      "Check host and port, that the server is up, and that a firewall lets this machine in.",
    );
  }
  if (code === "HANDSHAKE_SSL_ERROR" || code === "HANDSHAKE_NO_SSL_SUPPORT") {
    return make(
      "source.unreachable",
      `TLS with ${address} failed: ${message}`,
      "Set `tls_ca` for `tls: verify`, use `tls: required` to encrypt without checking, or `tls: off` on a network you trust.",
    );
  }
  if (deniedNumbers.has(errno)) {
    return make(
      "source.access_denied",
      `${address} refuses user ${connection.user}: ${message}`,
      "Check `user` and its password (AUDIT_PASSWORD or `password_file`). The account must exist and be allowed from this machine's address: `auditctl init` prints the SQL.",
    );
  }
  if (errno === 3159) {
    return make(
      "source.misconfigured",
      `${address} takes only encrypted connections`,
      "Set `tls: required` or `tls: verify`.",
    );
  }
  if (errno === 1227) {
    return make(
      "source.misconfigured",
      `user ${connection.user} lacks a privilege: ${message}`,
      grantHint(connection.user),
    );
  }
  if (errno === 1236 || errno === 4052) return toDumpError(message, errno, make);
  if (lostCodes.has(code) || lostNumbers.has(errno)) {
    return make(
      "capture.connection_lost",
      `the connection to ${address} was lost (${code || errno})`,
      "Nothing to do: capture connects again and reads on from its checkpoint.",
    );
  }
  return make(
    "capture.undecodable",
    `the log could not be decoded: ${message}`,
    "Nothing was stored from that point on. Please report it with the server's version; `auditctl doctor` checks the settings.",
  );
}

type Make = (code: ErrorCode, text: string, hint: string) => AppError;

function toDumpError(message: string, errno: number, make: Make): AppError {
  if (errno === 4052 || /same server_?uuid|same server_?id|server_uuid\/server_id/i.test(message)) {
    return make(
      "capture.duplicate_instance",
      "another replica or audit-overlay reads this server with our server id",
      "Stop the other one. Two stores of one server each draw their own id; a copied store file does not.",
    );
  }
  if (/more GTIDs than|not in the master's binlog|diverged/i.test(message)) {
    return make(
      "capture.diverged",
      "the server has less history than the trail: it was reset, restored from a backup, or is another server",
      "Check host and port. If the server really was reset, keep this store as evidence and begin a new one with --store.",
    );
  }
  if (/purged|could not find (first|GTID|next) /i.test(message)) {
    return make(
      "capture.gap",
      `the server no longer has log files that the trail needs: ${message}`,
      "What they held cannot be read any more. `auditctl run --accept-gap` records the gap in the trail and reads on; keep binlogs longer (binlog_expire_logs_seconds).",
    );
  }
  if (/GTID_MODE|AUTO_POSITION|binary log is not open|not open|checksum/i.test(message)) {
    return make(
      "source.misconfigured",
      `the server refuses to send its log: ${message}`,
      "Run `auditctl doctor`; it lists each setting and its cure.",
    );
  }
  return make(
    "capture.undecodable",
    `the server cannot send its log: ${message}`,
    "The log file on the server may be damaged; check the server's error log.",
  );
}

export function grantHint(user: string): string {
  return `On the server: GRANT REPLICATION SLAVE ON *.* TO '${user}'@'<this machine>';`;
}

function asServerError(error: unknown): ServerError {
  return error instanceof Error ? error : { message: String(error) };
}
