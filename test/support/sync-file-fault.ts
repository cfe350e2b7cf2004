// The `atCall`-th renaming of a file in this process fails: what a kill at that moment leaves behind.
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

export interface FileFault extends Disposable {
  calls(): number;
}

export function armFileFault(atCall: number): FileFault {
  const real = fs.renameSync;
  let calls = 0;
  fs.renameSync = (...args) => {
    calls += 1;
    if (calls >= atCall) throw new Error(`fault at call ${calls}`);
    real(...args);
  };
  syncBuiltinESMExports();
  return {
    calls: () => calls,
    [Symbol.dispose]: () => {
      fs.renameSync = real;
      syncBuiltinESMExports();
    },
  };
}
