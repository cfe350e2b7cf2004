// Sets the stage for a guide: an empty container for the reader, in the network of a guide's addresses, and for the
// installation guide a server of the reader's own beside it, set as MySQL 8.4 comes. Removes all of it at the end.
import { execFile } from "node:child_process";
import { basename } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Names of this run alone. */
const readerName = `try-guide-reader-${process.pid}`;
const serverName = `try-guide-server-${process.pid}`;
const networkName = `try-guide-${process.pid}`;
const images = { reader: "node:24-bookworm-slim", server: "mysql:9.7" };
const rootPassword = "of-the-administrator";
/** As a server that nobody has prepared. */
const unprepared = "[mysqld]\ngtid_mode = OFF\nenforce_gtid_consistency = OFF\nbinlog_row_metadata = MINIMAL\n";
/** A busy machine makes a data folder in minutes. */
const startTimeoutMs = 600_000;

export interface Stage extends AsyncDisposable {
  reader: string;
  /** As the server's administrator, in an SQL console. */
  sql: (statements: string) => Promise<string>;
  /** Lines for the server's configuration file, and a restart. */
  configureServer: (lines: string) => Promise<void>;
}

export async function setStage(tarball: string, hasServer: boolean): Promise<Stage> {
  try {
    // The addresses of the guide: db.example.com, and an account that may come from 10.0.0.%.
    if (hasServer) await docker("network", "create", "--subnet", "10.0.0.0/24", networkName);
    if (hasServer) await startServer();
    const network = hasServer ? ["--network", networkName] : [];
    // A disk of one megabyte, for the fault of a full one.
    const disk = ["--tmpfs", "/small:size=1m"];
    await docker("run", "-d", "--name", readerName, ...network, ...disk, images.reader, "sleep", "7200");
    await docker("cp", tarball, `${readerName}:/root/`);
    // A demo is for who has installed it already.
    if (!hasServer) await docker("exec", readerName, "npm", "install", "-g", `/root/${basename(tarball)}`);
  } catch (error) {
    await strike();
    throw error;
  }
  const sql = async (statements: string): Promise<string> => await ask(statements);
  return { reader: readerName, sql, configureServer, [Symbol.asyncDispose]: strike };
}

/** On the demo's own server, which listens inside the reader's container. */
export async function sqlInside(reader: string, port: string, statements: string): Promise<string> {
  const client = ["mysql", "-h", "127.0.0.1", "-P", port, "-u", "root", "--table", "pharmacy"];
  return await withInput(
    ["run", "--rm", "-i", "--network", `container:${reader}`, images.server, ...client],
    statements,
  );
}

/** What Ctrl-C in the terminal of `auditctl run` does. */
export async function pressCtrlC(reader: string): Promise<void> {
  const find = `for f in /proc/[0-9]*; do case "$(tr '\\0' ' ' < $f/cmdline 2>/dev/null)" in node*"auditctl run"*) kill -INT \${f#/proc/};; esac; done`;
  await docker("exec", reader, "sh", "-c", find);
}

async function startServer(): Promise<void> {
  const alias = ["--network", networkName, "--network-alias", "db.example.com"];
  await docker("create", "--name", serverName, ...alias, "-e", `MYSQL_ROOT_PASSWORD=${rootPassword}`, images.server);
  await docker("start", serverName);
  await serverAnswers();
  await writeServerFile("00-as-it-comes.cnf", unprepared);
  await restartServer();
}

async function configureServer(lines: string): Promise<void> {
  await writeServerFile("audit-overlay.cnf", lines);
  await restartServer();
}

async function writeServerFile(name: string, lines: string): Promise<void> {
  await withInput(["exec", "-i", serverName, "sh", "-c", `cat > /etc/mysql/conf.d/${name}`], `${lines}\n`);
}

async function restartServer(): Promise<void> {
  await docker("restart", "-t", "60", serverName);
  await serverAnswers();
}

async function serverAnswers(): Promise<void> {
  const deadline = Date.now() + startTimeoutMs;
  for (;;) {
    try {
      await ask("SELECT 1");
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await delay(500);
    }
  }
}

async function ask(statements: string): Promise<string> {
  const client = ["mysql", "-h", "127.0.0.1", "-u", "root", "--table"];
  return await withInput(["exec", "-i", "-e", `MYSQL_PWD=${rootPassword}`, serverName, ...client], statements);
}

async function docker(...args: string[]): Promise<void> {
  await run("docker", args);
}

async function withInput(args: string[], input: string): Promise<string> {
  const child = run("docker", args, { maxBuffer: 64 * 1024 * 1024 });
  child.child.stdin?.end(input);
  const { stdout, stderr } = await child;
  return stdout + stderr;
}

async function strike(): Promise<void> {
  for (const name of [readerName, serverName]) await docker("rm", "-f", "-v", name).catch(() => {});
  await docker("network", "rm", networkName).catch(() => {});
}
