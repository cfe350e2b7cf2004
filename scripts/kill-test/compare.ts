// Takes what the server says was committed and what the trail holds; gives every difference between the two. Pure.

/** One row change, written so that equal changes have equal texts. */
export interface RowChange {
  table: string;
  /** Primary key, as JSON. */
  key: string;
  /** Table, operation, primary key and both images, as JSON. */
  identity: string;
}

export interface TrueChange extends RowChange {
  /** What the writer called the transaction it was made in. */
  transaction: string;
}

export interface StoredChange extends RowChange {
  transactionId: string;
  seq: number;
}

export interface Truth {
  /** In the order in which the server made them. */
  changes: readonly TrueChange[];
  /** GTIDs in the order of the log. */
  transactionIds: readonly string[];
}

export interface Trail {
  /** In the order of the ledger. */
  changes: readonly StoredChange[];
  transactionIds: readonly string[];
}

export type DifferenceKind = "missing" | "duplicate" | "extra" | "out_of_order";

export interface Difference {
  kind: DifferenceKind;
  what: string;
}

/** The table in which the server's own triggers note each change. Its rows are row changes too, and name their transaction. */
export const oracleTable = "oracle_log";

export function compareTrail(truth: Truth, trail: Trail): Difference[] {
  const { once, repeated } = withoutRepeatedPlaces(trail.changes);
  const expected = countBy(truth.changes.map((change) => change.identity));
  const stored = countBy(once.map((change) => change.identity));
  // Only what both hold equally often has an order to speak of; the rest is reported as what it is.
  const isExact = (change: RowChange): boolean => expected.get(change.identity) === stored.get(change.identity);
  const trueChanges = truth.changes.filter(isExact);
  const storedChanges = once.filter(isExact);
  return [
    ...compareTransactionIds(truth.transactionIds, trail.transactionIds),
    ...repeated,
    ...compareCounts(expected, stored, "change"),
    ...compareKeyOrder(trueChanges, storedChanges),
    ...compareTransactionContent(trueChanges, storedChanges),
  ];
}

/** A transaction and an ordinal name one change; whatever stands there a second time is a duplicate. */
function withoutRepeatedPlaces(changes: readonly StoredChange[]): { once: StoredChange[]; repeated: Difference[] } {
  const seen = new Set<string>();
  const repeated: Difference[] = [];
  const once = changes.filter(({ transactionId, seq, identity }) => {
    const place = `${transactionId} ${seq}`;
    if (!seen.has(place)) return seen.add(place);
    repeated.push({ kind: "duplicate", what: `change ${seq} of ${transactionId}: ${identity}` });
    return false;
  });
  return { once, repeated };
}

function compareTransactionIds(expected: readonly string[], stored: readonly string[]): Difference[] {
  const differences = compareCounts(countBy(expected), countBy(stored), "transaction");
  const known = new Set(expected);
  const held = new Set(stored);
  const ours = [...held].filter((id) => known.has(id));
  const theirs = expected.filter((id) => held.has(id));
  const at = theirs.findIndex((id, index) => id !== ours[index]);
  if (at >= 0) {
    const what = `transactions: where the log goes on with ${theirs[at]}, the ledger has ${ours[at]}`;
    differences.push({ kind: "out_of_order", what });
  }
  return differences;
}

function compareCounts(expected: Counts, stored: Counts, noun: string): Difference[] {
  const differences: Difference[] = [];
  const add = (kind: DifferenceKind, times: number, what: string): void => {
    for (let count = 0; count < times; count += 1) differences.push({ kind, what: `${noun} ${what}` });
  };
  for (const [what, times] of expected) {
    const held = stored.get(what) ?? 0;
    add("missing", times - held, what);
    add("duplicate", held - times, what);
  }
  for (const [what, times] of stored) if (!expected.has(what)) add("extra", times, what);
  return differences;
}

/** What happened to one row happened in this order: row locks make the server's notes of one key as sure as its log. */
function compareKeyOrder(expected: readonly TrueChange[], stored: readonly StoredChange[]): Difference[] {
  const keyOf = ({ table, key }: RowChange): string => `${table} ${key}`;
  return compareSequences(sequencesBy(expected, keyOf), sequencesBy(stored, keyOf), "row");
}

/** A stored transaction holds what one transaction of a writer did, all of it, in that order, and nothing else. */
function compareTransactionContent(expected: readonly TrueChange[], stored: readonly StoredChange[]): Difference[] {
  const writers = new Map(expected.map((change) => [change.identity, change.transaction]));
  const names = new Map<string, string>();
  for (const { table, identity, transactionId } of stored) {
    if (table === oracleTable && !names.has(transactionId)) names.set(transactionId, writers.get(identity) ?? "");
  }
  const split = new Map<string, string[]>();
  for (const [id, name] of names) split.set(name, [...(split.get(name) ?? []), id]);
  // The notes stand between the changes they are of; servers need not keep that interleaving, so each kind on its own.
  const kindOf = ({ table }: RowChange): string => (table === oracleTable ? "notes" : "changes");
  return [
    ...[...split].flatMap(([name, ids]): Difference[] =>
      ids.length === 1 ? [] : [{ kind: "out_of_order", what: `transaction ${name} is split over ${ids.join(", ")}` }],
    ),
    ...compareSequences(
      sequencesBy(expected, (change) => `${change.transaction} ${kindOf(change)}`),
      sequencesBy(stored, (change) => `${names.get(change.transactionId) ?? change.transactionId} ${kindOf(change)}`),
      "transaction",
    ),
  ];
}

function compareSequences(expected: Sequences, stored: Sequences, noun: string): Difference[] {
  const differences: Difference[] = [];
  for (const [name, sequence] of expected) {
    const held = stored.get(name) ?? [];
    const at = sequence.findIndex((identity, index) => identity !== held[index]);
    if (at < 0 && held.length === sequence.length) continue;
    const place = at < 0 ? sequence.length : at;
    const what = `${noun} ${name}, its change ${place}: expected ${sequence[place]}, stored ${held[place]}`;
    differences.push({ kind: "out_of_order", what });
  }
  return differences;
}

type Counts = Map<string, number>;
type Sequences = Map<string, string[]>;

function countBy(texts: readonly string[]): Counts {
  const counts: Counts = new Map();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

function sequencesBy<T extends RowChange>(changes: readonly T[], groupOf: (change: T) => string): Sequences {
  const sequences: Sequences = new Map();
  for (const change of changes) {
    const group = groupOf(change);
    const sequence = sequences.get(group);
    if (sequence === undefined) sequences.set(group, [change.identity]);
    else sequence.push(change.identity);
  }
  return sequences;
}
