// Takes what a guide shows and what a command printed; gives the first line of the guide that did not come, or null.
// What differs from run to run counts as equal: times, ids, hashes, versions. `…` stands for the rest of a line, alone on
// a line for any lines, and what is printed before the guide's first line or after its last one does not matter.

/** Longest first: a GTID holds a UUID. */
const varying: [RegExp, string][] = [
  [/\u001B\[[\d;]*m/g, ""],
  [/[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}(:\d+(-\d+)?)?/g, "ID"],
  [/\b[\da-f]{64}\b/g, "HASH"],
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?/g, "TIME"],
  [/\d{4}-\d\d-\d\d/g, "DAY"],
  [/\b\d\d:\d\dZ?(?!\w)/g, "CLOCK"],
  [/\b9\.\d+\.\d+[\w.-]*/g, "VERSION"],
  [/\bin \d+ ?m?s\b/g, "in TIME"],
  [/\b\d+ s\b/g, "SECONDS"],
];

export function firstMissingLine(expected: string, printed: string): string | null {
  const lines = plain(printed)
    .split("\n")
    .map((line) => line.trimEnd());
  const wanted = plain(expected)
    .split("\n")
    .map((line) => line.trimEnd());
  const originals = expected.split("\n");
  let at = -1;
  let mayJump = true;
  for (const [index, line] of wanted.entries()) {
    if (line === "…") {
      mayJump = true;
      continue;
    }
    const pattern = toPattern(line);
    const found = lines.findIndex((candidate, place) => place > at && pattern.test(candidate));
    if (found === -1 || (!mayJump && found !== at + 1)) return originals[index] ?? line;
    at = found;
    mayJump = false;
  }
  return null;
}

function plain(text: string): string {
  return varying.reduce((sofar, [pattern, name]) => sofar.replace(pattern, name), text.replaceAll("\r", ""));
}

function toPattern(line: string): RegExp {
  const parts = line
    .split("…")
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll(/ {2,}/g, " +"));
  return new RegExp(`^${parts.join(".*")}$`);
}
