// Loaded before a program: at its end writes the address of every module that it loaded, a line each, to standard error.
import { writeSync } from "node:fs";
import { registerHooks } from "node:module";

const loaded: string[] = [];
registerHooks({
  load(url, context, nextLoad) {
    loaded.push(url);
    return nextLoad(url, context);
  },
});
process.on("exit", () => void writeSync(2, loaded.map((url) => `${url}\n`).join("")));
