// Takes a flavor and the caller's own settings; gives the server's command line arguments: a binlog
// that can be read (rows, full image, full metadata, GTIDs, checksums) and little memory.

import type { Flavor } from "./local-server.ts";

const COMMON: Readonly<Record<string, string>> = {
  server_id: "1",
  log_bin: "binlog",
  binlog_format: "ROW",
  binlog_row_image: "FULL",
  binlog_row_metadata: "FULL",
  binlog_checksum: "CRC32",
  // Nothing waits for the disk: what the system holds survives a SIGKILL, and these data are not meant to survive the machine.
  sync_binlog: "0",
  innodb_flush_log_at_trx_commit: "2",
  innodb_flush_method: "nosync",
  innodb_buffer_pool_size: "64M",
  performance_schema: "OFF",
  skip_name_resolve: "ON",
  default_time_zone: "+00:00",
  // MySQL's default and that of MariaDB's image, but not of the bare MariaDB server (latin1):
  // without it the ways would differ.
  character_set_server: "utf8mb4",
};

// `loose_`: the X plugin may be left out of a build, and the redo log's size has had this name since 8.0.30.
const OWN: Record<Flavor, Readonly<Record<string, string>>> = {
  mysql: {
    gtid_mode: "ON",
    enforce_gtid_consistency: "ON",
    loose_mysqlx: "OFF",
    loose_innodb_redo_log_capacity: "64M",
  },
  mariadb: { gtid_strict_mode: "ON", log_slave_updates: "ON", innodb_log_file_size: "48M" },
};

/** Variables that a data folder is made with and that a server refuses to start with when changed later. */
const FIXED_AT_FIRST = new Set(["innodb_page_size", "innodb_data_file_path", "lower_case_table_names"]);

export function settingArguments(flavor: Flavor, settings: Readonly<Record<string, string>>): string[] {
  const all = new Map([...Object.entries(COMMON), ...Object.entries(OWN[flavor])]);
  for (const [name, value] of normalized(settings)) {
    all.delete(`loose_${name}`);
    // `time_zone` can be set in a session only; on the command line it is `default_time_zone`.
    all.set(name === "time_zone" ? "default_time_zone" : name, value);
  }
  return [...all].map(([name, value]) => `--${name}=${value}`);
}

export function fixedAtFirst(settings: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(normalized(settings).filter(([name]) => FIXED_AT_FIRST.has(name)));
}

/** Servers refuse to run as root unless told to. */
export function runAsArguments(): string[] {
  return process.getuid?.() === 0 ? ["--user=root"] : [];
}

function normalized(settings: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(settings).map(([name, value]) => [name.toLowerCase().replaceAll("-", "_"), value]);
}
