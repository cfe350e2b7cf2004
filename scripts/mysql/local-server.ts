// What every way of getting a database server takes (an OpenRequest) and gives (a LocalServer),
// and the oldest server versions the binlog reader is made for.

export type Flavor = "mysql" | "mariadb";

export interface LocalServer extends AsyncDisposable {
  readonly flavor: Flavor;
  readonly host: string;
  readonly port: number;
  /** An administrator, who may log in over TCP. */
  readonly user: string;
  readonly password: string;
  /** What `select version()` says. */
  readonly version: string;
  /** One line: how this server was got. */
  readonly way: string;
  /** False for a server behind a URL: kill, start, shutdown, pause and resume then throw. */
  readonly controllable: boolean;
  /** Only of a server that is a process of ours. */
  readonly dataDir: string | undefined;
  /** SIGKILL, and waits until the process is gone. */
  kill(): Promise<void>;
  /** After kill or shutdown: the same data, the same port; waits until it answers. */
  start(): Promise<void>;
  /** Graceful stop; the data are kept. */
  shutdown(): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** SIGKILL; deletes the data. May be called again. */
  stop(): Promise<void>;
}

export interface LocalServerOptions {
  /** Extra server variables, such as `{ binlog_format: 'STATEMENT' }`. */
  settings?: Record<string, string>;
  log?: (line: string) => void;
  signal?: AbortSignal;
}

export interface OpenRequest {
  readonly flavor: Flavor;
  readonly settings: Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal | undefined;
}

/** A server program on this machine that can be run with a data folder of our own. */
export interface ServerProgram {
  readonly flavor: Flavor;
  /** As its `--version` says it. */
  readonly version: string;
  readonly way: string;
  /** The program and the arguments that have to stand before all others. */
  readonly command: readonly [string, ...string[]];
  /** Where its parts are: `--basedir` and the like. */
  readonly placeArguments: readonly string[];
  /** Folders that may hold the SQL files of MariaDB's system tables. */
  readonly shareFolders: readonly string[];
}

// 8.0.14 and 10.5 are the first with binlog_row_metadata=FULL (column names in the binlog) in a
// release line that is not long dead.
const LEAST_VERSION: Record<Flavor, readonly [number, number, number]> = {
  mysql: [8, 0, 14],
  mariadb: [10, 5, 0],
};

/** Why a server that calls itself `version` cannot be used, or undefined if it can. */
export function versionProblem(flavor: Flavor, version: string): string | undefined {
  const isMariadb = /mariadb/i.test(version);
  if (isMariadb !== (flavor === "mariadb")) return `it is ${isMariadb ? "MariaDB" : "MySQL"} ${version}`;
  const found = /(\d+)\.(\d+)\.(\d+)/.exec(version);
  if (found === null) return `its version cannot be read: ${version}`;
  const least = LEAST_VERSION[flavor];
  for (const [place, needed] of least.entries()) {
    const have = Number(found[place + 1]);
    if (have > needed) return undefined;
    if (have < needed) return `it is ${version}, and ${least.join(".")} is the oldest that will do`;
  }
  return undefined;
}

export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== "") return error.message;
  // A refused connection to a name with two addresses is an AggregateError with no message.
  return "code" in error ? String(error.code) : error.name;
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
