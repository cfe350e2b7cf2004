// Three projects: `unit` needs nothing, `store` needs a disk, `mysql` needs real servers (scripts/mysql.ts gets them).
import { join } from "node:path";
import { defineConfig } from "vitest/config";

// Clipanion's ES modules import a folder, which only a bundler resolves.
const server = { deps: { inline: ["clipanion"] } };

// Two cores: left alone it takes one less than there are. More test files at once only make each of them slow.
const maxWorkers = 2;

// Processes that tests start find the program's files already read and without their types: half the time of a start.
// Commands that run inside a test's process have its zone; those processes are given the same.
const env = { NODE_COMPILE_CACHE: join(import.meta.dirname, ".cache", "compiled"), TZ: "UTC" };

const project = (name: string, testTimeout: number) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout, hookTimeout: 300_000, server, maxWorkers, env },
});

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/*.test.ts", "test/unit/**/*.test.ts"],
          testTimeout: 20_000,
          // Files of this project share processes and the modules they have loaded: none keeps anything in a module.
          isolate: false,
          server,
          maxWorkers,
          env,
        },
      },
      project("store", 60_000),
      {
        test: {
          ...project("mysql", 120_000).test,
          globalSetup: ["test/mysql/shared-servers.ts"],
        },
      },
    ],
    coverage: {
      // V8's own counts make tests take two thirds longer, these a quarter (processor time, medians of three).
      provider: "istanbul",
      include: ["src/**/*.ts"],
      reporter: ["text-summary", "json-summary", "html"],
      thresholds: {
        // One run reaches 88 % and 80 % of the tests' own processes; what runs in programs and threads that they start is not counted.
        lines: 85,
        branches: 75,
        "src/normalize/**": { lines: 90, branches: 85 },
        "src/infer/**": { lines: 90, branches: 75 },
      },
    },
  },
});
