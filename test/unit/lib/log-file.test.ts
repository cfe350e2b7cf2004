// The rotated log file on a real disk: every line once, whole and in order, over rotations, kills, and files that cannot be written.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { type LogFile, type LogFileOptions, openLogFile } from "../../../src/lib/log-file.ts";
import { settleLogFiles } from "../../../src/lib/settle-log-files.ts";
import { readLog } from "../../support/log-files.ts";
import { openTempFolder } from "../../support/temp-folder.ts";
import { waitFor } from "../../support/wait-for.ts";

interface TestLog {
  file: LogFile;
  spared: string[];
  troubles: (number | string | null)[];
}

function open(path: string, options: Partial<LogFileOptions> = {}): TestLog {
  const spared: string[] = [];
  const troubles: (number | string | null)[] = [];
  const file = openLogFile({
    path,
    bytesMax: 1_024,
    filesMax: 100,
    spare: (line) => spared.push(line),
    onTrouble: (lines, error) => troubles.push(lines ?? error?.message ?? null),
    ...options,
  });
  return { file, spared, troubles };
}

const line = (n: number): string => `${JSON.stringify({ n, text: "é".repeat(n % 60) })}\n`;
const lines = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, at) => line(from + at));

it("rotates by size and compresses: every line once, whole and in order, when it is closed in the middle of it", async () => {
  using folder = openTempFolder();
  const path = folder.file("logs/app.log");
  const { file, spared, troubles } = open(path);
  for (let n = 0; n < 600; n += 1) {
    file.write(line(n));
    if (n % 7 === 0) await turn();
  }
  await file[Symbol.asyncDispose]();
  const { names, text } = readLog(path);
  expect(text).toBe(lines(0, 600).join(""));
  expect(names.length).toBeGreaterThan(20);
  expect(names.at(-2)).toBe("app.log.1.gz");
  expect([spared, troubles]).toEqual([[], []]);
  for (const name of names) expect(statSync(join(path, "..", name)).mode & 0o777 & ~0o640).toBe(0);
});

it("keeps so many old files and no more, also when they were more before", async () => {
  using folder = openTempFolder();
  const path = folder.file("app.log");
  for (const filesMax of [9, 3]) {
    const { file } = open(path, { filesMax });
    for (const each of lines(0, 600)) file.write(each);
    await file[Symbol.asyncDispose]();
    expect(readLog(path).names).toHaveLength(filesMax + 1);
  }
  expect(readLog(path).text.endsWith(line(599))).toBe(true);
});

it("goes on in the file that is there, and cuts a line that a full disk had torn", async () => {
  using folder = openTempFolder();
  const path = folder.file("app.log");
  writeFileSync(path, `${line(1)}{"n":2,"te`);
  const { file } = open(path);
  file.write(line(3));
  await file[Symbol.asyncDispose]();
  expect(readFileSync(path, "utf8")).toBe(line(1) + line(3));
});

it.each([
  ["half of it", (whole: Buffer) => whole.subarray(0, whole.length / 2)],
  ["nothing", () => Buffer.alloc(0)],
  ["all of it, and the log was not yet removed", (whole: Buffer) => whole],
])("a rotation that was cut when it had compressed %s is undone", async (_what, cut) => {
  using folder = openTempFolder();
  const path = folder.file("app.log");
  const log = lines(100, 200).join("");
  writeFileSync(path, log);
  writeFileSync(`${path}.2.gz`, gzipSync(lines(0, 100).join("")));
  writeFileSync(`${path}.1.gz`, cut(gzipSync(log)));
  utimesSync(path, 1_000, 1_000);
  const { file } = open(path);
  file.write(line(200));
  await file[Symbol.asyncDispose]();
  expect(readLog(path).text).toBe(lines(0, 201).join(""));
});

it("leaves alone what another has put beside it, and an old file that is older than the log", () => {
  using folder = openTempFolder();
  const path = folder.file("app.log");
  const names = ["app.log.1.gz", "app.log.gz", "app.log.01.gz", "app.log.2.gz.bak", "app.log.x", "xapp.log.7.gz"];
  writeFileSync(path, line(1));
  for (const name of names) writeFileSync(folder.file(name), gzipSync(line(0)));
  utimesSync(folder.file("app.log.1.gz"), 1_000, 1_000);
  settleLogFiles({ path, filesMax: 1 });
  expect(names.filter((name) => !existsSync(folder.file(name)))).toEqual([]);
});

it("a file that cannot be written never stops anyone: its lines go elsewhere, said once, and come back", async () => {
  using folder = openTempFolder();
  const path = folder.file("app.log");
  mkdirSync(path);
  const { file, spared, troubles } = open(path, { retryMs: 0 });
  for (const each of lines(0, 50)) {
    file.write(each);
    await turn();
  }
  await waitFor("the lines", () => spared.length === 50);
  expect(troubles).toEqual([expect.stringContaining("it is not a file")]);
  expect(spared).toEqual(lines(0, 50));
  rmSync(path, { recursive: true });
  file.write(line(50));
  await waitFor("the file", () => troubles.length === 2);
  for (const each of lines(51, 100)) file.write(each);
  await file[Symbol.asyncDispose]();
  expect(troubles[1]).toBe(50);
  expect(readLog(path).text).toBe(lines(50, 100).join(""));
});

it("is not written by two processes: the second one's lines go elsewhere until the first has ended, however", async () => {
  using folder = openTempFolder();
  const path = folder.file("app.log");
  const running = startChild(path, 0);
  await waitFor("it to write", () => running.told() !== "");
  const { file, spared, troubles } = open(path, { retryMs: 0 });
  file.write(line(1));
  expect(spared).toEqual([line(1)]);
  expect(troubles).toEqual([expect.stringContaining(`process ${running.child.pid} writes it`)]);
  await running.kill();
  file.write(line(2));
  await file[Symbol.asyncDispose]();
  expect(spared).toHaveLength(1);
  expect(readLog(path).text.endsWith(line(2))).toBe(true);
  expect(existsSync(`${path}.pid`)).toBe(false);
});

it("killed at any moment, five times: what is in the files is whole and in order, and no line is there twice", async () => {
  using folder = openTempFolder();
  const path = folder.file("app.log");
  let from = 0;
  for (let round = 0; round < 5; round += 1) {
    const running = startChild(path, from);
    await waitFor("lines", () => running.told().split("\n").length > 2 + round);
    await running.kill();
    settleLogFiles({ path, filesMax: 90 });
    const { text } = readLog(path);
    const numbers = text
      .trimEnd()
      .split("\n")
      .map((each) => (JSON.parse(each) as { n: number }).n);
    expect(numbers).toEqual(numbers.map((_, at) => at));
    from = numbers.length;
  }
  expect(readLog(path).names.length).toBeGreaterThan(5);
});

/** Writes numbered lines until it is killed. */
function startChild(path: string, from: number) {
  const program = join(import.meta.dirname, "..", "..", "support", "log-child.ts");
  const child = spawn(process.execPath, [program, path, "10000", "90", String(from)], { stdio: ["ignore", "pipe", 2] });
  let told = "";
  child.stdout?.on("data", (chunk: Buffer) => (told += chunk.toString()));
  return {
    child,
    told: () => told,
    async kill() {
      child.kill("SIGKILL");
      await once(child, "close");
    },
  };
}
