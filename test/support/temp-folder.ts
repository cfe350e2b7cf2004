// A folder that is gone when the test ends: `using folder = openTempFolder();`
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const memory = "/dev/shm";

/** `small`: in memory, where the machine has such a folder. For tests that make hundreds of small stores: each waits for a disk
 * many times, which takes two thirds of their time and proves nothing of what they test. */
export function openTempFolder({ small = false } = {}): Disposable & { path: string; file: (name: string) => string } {
  const path = mkdtempSync(join(small && existsSync(memory) ? memory : tmpdir(), "audit-overlay-"));
  return {
    path,
    file: (name) => join(path, name),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}
