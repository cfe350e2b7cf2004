// What a rotated log holds, as whoever looks for something reads it: the oldest compressed file first, the log itself last.
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { gunzipSync } from "node:zlib";

export interface LogParts {
  /** `app.log.3.gz` … `app.log`. */
  names: string[];
  text: string;
}

/** @throws where a compressed file is not whole */
export function readLog(path: string): LogParts {
  const name = basename(path);
  const numberOf = (file: string): number => Number(/\.(\d+)\.gz$/.exec(file)?.[1] ?? 0);
  const names = readdirSync(dirname(path))
    .filter((file) => file === name || (file.startsWith(`${name}.`) && file.endsWith(".gz")))
    .sort((a, b) => numberOf(b) - numberOf(a));
  const texts = names.map((file) => {
    const bytes = readFileSync(`${dirname(path)}/${file}`);
    return (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString();
  });
  return { names, text: texts.join("") };
}
