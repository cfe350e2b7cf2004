// Makes dist/, what is published: plain JavaScript of the program and of the demo, for a Node that does not run TypeScript
// inside node_modules.
import { execFileSync } from "node:child_process";
import { chmodSync, rmSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../src/lib/package-root.ts";

rmSync(join(packageRoot, "dist"), { recursive: true, force: true });
execFileSync(
  process.execPath,
  [join(packageRoot, "node_modules", "typescript", "bin", "tsc"), "-p", "tsconfig.build.json"],
  {
    cwd: packageRoot,
    stdio: "inherit",
  },
);
chmodSync(join(packageRoot, "dist", "src", "main.js"), 0o755);
