// What the client library or the server says, told as an error with a cure. The texts are those of MySQL 9.7 and MariaDB 10.11.
import { describe, expect, it } from "vitest";
import { toSourceError } from "../../../src/capture/source-error.ts";
import { AppError, type ErrorCode } from "../../../src/model/app-error.ts";

const password = "pa55word";
const connection = { host: "db.example", port: 3306, user: "audit", password, tls: "auto", tlsCa: undefined } as const;
const serverError = (fields: object, message = "x"): Error => Object.assign(new Error(message), fields);
const codeOf = (error: unknown): ErrorCode => toSourceError(error, connection).code;

const dumpErrors: Partial<Record<ErrorCode, string[]>> = {
  "capture.gap": [
    "Cannot replicate because the source purged required binary logs. Replicate the missing transactions from elsewhere, or provision a new replica from backup. Consider increasing the source's binary log expiration period. The GTID set sent by the replica is '3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5', and the missing transactions are '3e11fa47-71ca-11e1-9e33-c80aa9429562:6-9'",
    "The slave is connecting using CHANGE MASTER TO MASTER_AUTO_POSITION = 1, but the master has purged binary logs containing GTIDs that the slave requires.",
    "Could not find first log file name in binary log index file",
    "could not find next log; the first event 'binlog.000002' at 4, the last event read from './binlog.000004' at 126, the last byte read from './binlog.000004' at 126.",
    "Could not find GTID state requested by slave in any binlog files. Probably the slave state is too old and required binlog files have been purged.",
  ],
  "capture.diverged": [
    "Replica has more GTIDs than the source has, using the source's SERVER_UUID. This may indicate that the end of the binary log was truncated or that the last binary log file was lost, e.g., after a power or disk failure when sync_binlog != 1. The source may or may not have rolled back transactions that were already replicated to the replica. Suggest to replicate any transactions that source has rolled back from replica to source, and/or commit empty transactions on source to account for transactions that have been committed on source but are not included in GTID_EXECUTED.",
    "Error: connecting slave requested to start from GTID 0-1-99, which is not in the master's binlog",
    "Error: connecting slave requested to start from GTID 0-1-99, which is not in the master's binlog. Since the master's binlog contains GTIDs with higher sequence numbers, it probably means that the slave has diverged due to executing extra erroneous transactions",
  ],
  "capture.duplicate_instance": [
    "A replica with the same server_uuid/server_id as this replica has connected to the source; the first event 'binlog.000001' at 4, the last event read from './binlog.000001' at 126",
    "A slave with the same server_uuid/server_id as this slave has connected to the master",
    "A slave with the same server_id as this slave has connected to the master",
  ],
  "source.misconfigured": [
    "Binary log is not open",
    "The replication sender thread cannot start in AUTO_POSITION mode: this server has GTID_MODE = OFF instead of ON.",
    "Cannot replicate anonymous transaction when AUTO_POSITION = 1, at file ./binlog.000002, position 157.; the first event '' at 4",
    "Replica can not handle replication events with the checksum that source is configured to log; the first event 'binlog.000003' at 4",
  ],
  "capture.undecodable": [
    "event read from binlog did not pass crc check; the first event 'binlog.000002' at 4, the last event read from './binlog.000002' at 1001",
    "binlog truncated in the middle of event; consider out of disk space on source; the first event 'binlog.000002' at 4",
    "Client requested source to start replication from position > file size",
    "log event entry exceeded max_allowed_packet; Increase max_allowed_packet on source; the first event 'binlog.000002' at 402661682",
    "something new",
  ],
};

describe("error 1236", () => {
  const cases = Object.entries(dumpErrors).flatMap(([code, texts]) => texts.map((text) => [text, code] as const));
  it.each(cases)("%j is %s", (text, code) => {
    expect(codeOf(serverError({ errno: 1236, code: "ER_MASTER_FATAL_ERROR_READING_BINLOG" }, text))).toBe(code);
  });

  it("about purged logs keeps the text, which names what is missing", () => {
    expect(toSourceError(serverError({ errno: 1236 }, dumpErrors["capture.gap"]?.[0]), connection).message).toContain(
      ":6-9",
    );
  });
});

describe("toSourceError", () => {
  it.each<[ErrorCode, object[]]>([
    [
      "source.unreachable",
      [
        "ECONNREFUSED",
        "ENOTFOUND",
        "EAI_AGAIN",
        "ETIMEDOUT",
        "EHOSTUNREACH",
        "ENETUNREACH",
        "HANDSHAKE_SSL_ERROR",
        "HANDSHAKE_NO_SSL_SUPPORT",
      ].map((code) => ({ code })),
    ],
    ["source.access_denied", [1044, 1045, 1698, 1820, 1862, 3118].map((errno) => ({ errno }))],
    ["source.misconfigured", [{ errno: 3159 }, { errno: 1227 }]],
    ["capture.duplicate_instance", [{ errno: 4052, code: "ER_INVALID_MFA_PLUGIN_SPECIFIED" }]],
    [
      "capture.connection_lost",
      [
        { errno: 1053 },
        { errno: 1317 },
        { errno: 1927 },
        { errno: 4031 },
        ...["PROTOCOL_CONNECTION_LOST", "ECONNRESET", "EPIPE"].map((code) => ({ code })),
      ],
    ],
    ["capture.undecodable", [{}, { errno: 1064, code: "ER_PARSE_ERROR" }, { code: "ERR_OUT_OF_RANGE" }]],
  ])("tells %s", (code, errors) => {
    expect(errors.map((fields) => codeOf(serverError(fields)))).toEqual(errors.map(() => code));
  });

  it("passes on an error that is told already", () => {
    const error = new AppError("store.in_use", "x", { hint: "y" });
    expect(toSourceError(error, connection)).toBe(error);
  });

  it.each([
    ["a text", "boom"],
    ["nothing", undefined],
    ["null", null],
    ["an object", { message: "boom" }],
  ])("tells %s that was thrown, too", (_what, thrown) => {
    expect(codeOf(thrown)).toBe("capture.undecodable");
  });

  it("names address, user and cause, gives a hint, and never the password", () => {
    const cause = serverError({ errno: 1045 }, "Access denied for user 'audit'@'10.0.0.1' (using password: YES)");
    const error = toSourceError(cause, connection);
    expect(error.message).toContain("db.example:3306 refuses user audit");
    expect(error.cause).toBe(cause);
    expect(toSourceError(serverError({ errno: 1227 }), connection).hint).toContain(
      "GRANT REPLICATION SLAVE ON *.* TO 'audit'",
    );
    for (const errno of [0, 1045, 1227, 1236, 3159, 4031, 4052]) {
      const { message, hint } = toSourceError(serverError({ errno }), connection);
      expect(hint).toMatch(/^\w+ .{9}/);
      expect(message + hint).not.toContain(password);
    }
  });
});
