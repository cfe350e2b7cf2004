// Stage infer. Takes an unknown word and the known ones; gives the end of a message: "; did you mean …?"
// or nothing.

/** `; did you mean \`payload\`?` for the known word at most a third of its letters away, else an empty string. */
export function suggestion(word: string, known: Iterable<string>): string {
  let nearest = "";
  let nearestEdits = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const edits = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (edits < nearestEdits) [nearest, nearestEdits] = [candidate, edits];
  }
  return nearest === "" ? "" : `; did you mean \`${nearest}\`?`;
}

/** Levenshtein distance, one row of the table at a time. */
function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const current = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = previous[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      current.push(Math.min(replaced, previous[j]! + 1, current[j - 1]! + 1));
    }
    previous = current;
  }
  return previous[to.length]!;
}
