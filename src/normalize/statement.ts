// normalize: a statement the server logged as text -> operation, the table it names, and the text without credentials.
// Classified by its first words only; SQL is never parsed for its rows, and kept verbatim where no credential is in it.

export interface DescribedStatement {
  operation: "truncate" | "ddl";
  /** '' when the statement names no single table, or names it in a way that is not plain. */
  database: string;
  table: string;
  sql: string;
  redacted: boolean;
  /** It erases rows, and the log does not hold them. */
  bulkErase: boolean;
}

interface Token {
  kind: "comment" | "version" | "name" | "text";
  start: number;
  end: number;
}

interface Span {
  start: number;
  end: number;
  replacement: string;
}

// Comments, names and texts are told apart in one pass: a quote in a comment, or a comment in a quote, misleads nothing.
// What is not closed goes to the end, so that each alternative matches at once: no statement can make this slow.
const parts = [
  String.raw`(?<comment>\/\*(?!M?!)[\s\S]*?(?:\*\/|$)|--(?:[\0-\t\v-\x20][^\n]*)?(?=\n|$)|#[^\n]*)`,
  String.raw`(?<version>\/\*M?!\d*|\*\/)`,
  "(?<name>`(?:[^`]+|``)*(?:`|$))",
];
/** The log does not say whether a backslash escapes (sql_mode NO_BACKSLASH_ESCAPES), so a secret is what either reading calls one. */
const readings = [
  String.raw`(?<text>'(?:[^'\\]+|\\[\s\S]?|'')*(?:'|$)|"(?:[^"\\]+|\\[\s\S]?|"")*(?:"|$)|\b0x[0-9a-f]+)`,
  String.raw`(?<text>'(?:[^']+|'')*(?:'|$)|"(?:[^"]+|"")*(?:"|$)|\b0x[0-9a-f]+)`,
].map((text) => new RegExp([...parts, text].join("|"), "gi"));

const name = "(?:`((?:[^`]|``)+)`|([\\w$\\u0080-\\uffff]+))";
const target = new RegExp(
  `^\\s*(?:TRUNCATE(?:\\s+TABLE)?|(?:CREATE(?:\\s+OR\\s+REPLACE)?(?:\\s+TEMPORARY)?|ALTER|DROP(?:\\s+TEMPORARY)?)(?:\\s+IGNORE)?\\s+TABLE(?:\\s+IF(?:\\s+NOT)?\\s+EXISTS)?)\\s+${name}(?:\\s*\\.\\s*${name})?(\\s*,)?`,
  "i",
);
const statementSettings = /^\s*SET\s+STATEMENT\s[\s\S]*?\sFOR\s/i;
/** What erases rows as a whole, in a statement whose names are `n` and texts ''. Temporary tables are nobody else's. */
const bulkErases = [
  /^\s*TRUNCATE\b/i,
  /^\s*DROP\s+(?:TABLES?|DATABASE|SCHEMA)\b/i,
  /^\s*CREATE\s+OR\s+REPLACE\s+TABLE\b/i,
  // DROP alone drops a column, unless it names something that holds no rows.
  new RegExp(
    String.raw`^\s*ALTER\s+(?:ONLINE\s+)?(?:IGNORE\s+)?TABLE\b[\s\S]*?(?<![\w$\u0080-\uffff])` +
      String.raw`(?:(?:TRUNCATE|EXCHANGE)\s+PARTITION\b|DROP\s+(?!\s|(?:INDEX|KEY|PRIMARY|FOREIGN|CHECK|CONSTRAINT|DEFAULT)\b|PERIOD\s+FOR\b))`,
    "i",
  ),
];
const accounts =
  /^\s*(?:(?:CREATE|ALTER)(?:\s+OR\s+REPLACE)?\s+USER|SET\s+PASSWORD|GRANT|CHANGE\s+(?:MASTER|REPLICATION)|CREATE(?:\s+OR\s+REPLACE)?\s+SERVER|ALTER\s+SERVER)\b/i;
/** What stands before a quoted text that is an account's name, not a secret: USER, TO, FOR, ON, @ and commas between. */
const beforeAccountName = /(?:\bUSER(?:\s+IF(?:\s+NOT)?\s+EXISTS)?|\bTO|\bFOR|\bON|@|,)\s*$/i;
/** In every other statement (a procedure's body, a FEDERATED table): what stands before a secret. */
const beforeSecret =
  /(?:\bIDENTIFIED\s+(?:BY|WITH|VIA)\b[^,;]*|PASSWORD\s*[=(]?|\bCONNECTION\s*=?)\s*(?:_\w+|[xnb])?\s*$/i;
const lookBehindChars = 200;

export function describeStatement(sql: string, defaultDatabase: string): DescribedStatement {
  const bare = withoutComments(sql);
  const match = target.exec(bare);
  // A comma: several tables, so no single one.
  const [first, second] =
    match === null || match[5] !== undefined ? [] : [unquote(match[1], match[2]), unquote(match[3], match[4])];
  const safe = redactCredentials(sql, accounts.test(bare));
  return {
    operation: /^\s*TRUNCATE\b/i.test(bare) ? "truncate" : "ddl",
    database: second === undefined ? defaultDatabase : (first ?? defaultDatabase),
    table: second ?? first ?? "",
    sql: safe,
    redacted: safe !== sql,
    // Under either reading of a backslash: one alarm too many, rather than an erasure that nobody sees.
    bulkErase: readings.some((reading) => {
      const bareOfNames = skeleton(sql, reading);
      return bulkErases.some((erase) => erase.test(bareOfNames));
    }),
  };
}

/** Each name in it as a table's, of the default database and of the name before it. Rather one too many than one too few. */
export function namedTables(sql: string, defaultDatabase: string): { database: string; table: string }[] {
  return readings.flatMap((reading) => {
    const names = namesOf(sql, reading);
    return names.flatMap((table, index) =>
      [defaultDatabase, names[index - 1] ?? ""].map((database) => ({ database, table })),
    );
  });
}

/** In order: those in backticks, and every word outside of them, also of a text, which under ANSI_QUOTES is a name. */
function namesOf(sql: string, reading: RegExp): string[] {
  const names: string[] = [];
  let from = 0;
  const addWords = (to: number): void => void names.push(...(sql.slice(from, to).match(/[\w$\u0080-\uffff]+/g) ?? []));
  for (const { kind, start, end } of tokenize(sql, reading)) {
    if (kind !== "name") continue;
    addWords(start);
    names.push(sql.slice(start + 1, end - 1).replaceAll("``", "`"));
    from = end;
  }
  addWords(sql.length);
  return names;
}

/** `UPDATE`, and nothing of what it says. */
export function firstWord(sql: string): string {
  return /\w+/.exec(withoutComments(sql))?.[0].toUpperCase() ?? "";
}

function unquote(quotedName: string | undefined, plain: string | undefined): string | undefined {
  return quotedName?.replaceAll("``", "`") ?? plain;
}

/** What the server runs: no comments, and version comments as if their content stood free. */
function withoutComments(sql: string): string {
  return rewrite(sql, readings[0]!, { comment: " ", version: " " });
}

/** Its own words only: whatever is quoted says nothing about what the statement does. */
function skeleton(sql: string, reading: RegExp): string {
  return rewrite(sql, reading, { comment: " ", version: " ", name: "`n`", text: "''" });
}

function rewrite(sql: string, reading: RegExp, replacements: Partial<Record<Token["kind"], string>>): string {
  let bare = "";
  let from = 0;
  for (const { kind, start, end } of tokenize(sql, reading)) {
    const replacement = replacements[kind];
    if (replacement === undefined) continue;
    bare += sql.slice(from, start) + replacement;
    from = end;
  }
  return (bare + sql.slice(from)).replace(statementSettings, "");
}

function tokenize(sql: string, reading: RegExp): Token[] {
  return Array.from(sql.matchAll(reading), ({ index, 0: { length }, groups = {} }) => {
    const kind = (["comment", "version", "name"] as const).find((group) => groups[group] !== undefined) ?? "text";
    return { kind, start: index, end: index + length };
  });
}

/** In statements about accounts every quoted text that is not an account's name may be a password or its hash, and a comment may quote one. */
function redactCredentials(sql: string, aboutAccounts: boolean): string {
  const spans = readings
    .flatMap((reading) => findSecrets(sql, reading, aboutAccounts))
    .sort((a, b) => a.start - b.start);
  let safe = "";
  let from = 0;
  for (const { start, end, replacement } of spans) {
    // Where the readings overlap, one may go on where the other has ended: one secret as far as anyone can tell.
    if (start >= from) safe += sql.slice(from, start) + replacement;
    from = Math.max(from, end);
  }
  return safe + sql.slice(from);
}

function findSecrets(sql: string, reading: RegExp, aboutAccounts: boolean): Span[] {
  const spans: Span[] = [];
  let before = "";
  let from = 0;
  for (const { kind, start, end } of tokenize(sql, reading)) {
    before = (before + sql.slice(from, start)).slice(-lookBehindChars);
    from = end;
    const isSecret = aboutAccounts ? !beforeAccountName.test(before) : beforeSecret.test(before);
    if (kind === "text" && isSecret) spans.push({ start, end, replacement: "'[REDACTED]'" });
    if (kind === "comment" && aboutAccounts) spans.push({ start, end, replacement: " " });
    before += kind === "comment" || kind === "version" ? " " : sql.slice(start, end);
  }
  return spans;
}
