// A file system of a few MiB in memory, where the machine lets us mount one: `using disk = openSmallDisk(folder.file("disk"), 2);`
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";

export interface SmallDisk extends Disposable {
  path: string;
  mounted: boolean;
  enlarge(mib: number): void;
}

export function openSmallDisk(path: string, mib: number): SmallDisk {
  mkdirSync(path);
  const run = (command: string, ...args: string[]): boolean => {
    try {
      execFileSync(command, args, { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  };
  const mounted = run("mount", "-t", "tmpfs", "-o", `size=${mib}m`, "tmpfs", path);
  return {
    path,
    mounted,
    enlarge: (to) => void run("mount", "-o", `remount,size=${to}m`, path),
    [Symbol.dispose]: () => void (mounted && run("umount", path)),
  };
}
