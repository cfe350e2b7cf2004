// normalize: a statement the server logged as text -> operation, the table it names, and the text without credentials.
// Classified by its first words only; SQL is kept verbatim, never parsed for its rows.

export interface DescribedStatement {
  operation: "truncate" | "ddl";
  /** '' when the statement names no single table, or names it in a way that is not plain. */
  database: string;
  table: string;
  sql: string;
  redacted: boolean;
}

const comment = /\/\*(?!M?!)[\s\S]*?\*\/|--\s[^\n]*(?:\n|$)|#[^\n]*(?:\n|$)/g;
const name = "(?:`((?:[^`]|``)+)`|([\\w$\\u0080-\\uffff]+))";
const target = new RegExp(
  `^\\s*(?:TRUNCATE(?:\\s+TABLE)?|(?:CREATE(?:\\s+OR\\s+REPLACE)?(?:\\s+TEMPORARY)?|ALTER|DROP(?:\\s+TEMPORARY)?)(?:\\s+IGNORE)?\\s+TABLE(?:\\s+IF(?:\\s+NOT)?\\s+EXISTS)?)\\s+${name}(?:\\s*\\.\\s*${name})?`,
  "i",
);
const accounts = /^\s*(?:(?:CREATE|ALTER)(?:\s+OR\s+REPLACE)?\s+USER|SET\s+PASSWORD|GRANT|CHANGE\s+(?:MASTER|REPLICATION)|CREATE\s+SERVER|ALTER\s+SERVER)\b/i;
const quoted = /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|0x[0-9a-f]+/gi;
/** What stands before a quoted text that is an account's name, not a secret: the start of USER, TO, @ and commas between. */
const beforeAccountName = /(?:USER(?:\s+IF(?:\s+NOT)?\s+EXISTS)?|\bTO|\bFOR|\bON|@|,)\s*$/i;

export function describeStatement(sql: string, defaultDatabase: string): DescribedStatement {
  const bare = sql.replace(comment, " ");
  const operation = /^\s*TRUNCATE\b/i.test(bare) ? "truncate" : "ddl";
  const match = target.exec(bare);
  const [first, second] = match === null ? [] : [unquote(match[1], match[2]), unquote(match[3], match[4])];
  const safe = redactCredentials(sql, bare);
  return {
    operation,
    database: second === undefined ? defaultDatabase : (first ?? defaultDatabase),
    table: second ?? first ?? "",
    sql: safe,
    redacted: safe !== sql,
  };
}

function unquote(quotedName: string | undefined, plain: string | undefined): string | undefined {
  return quotedName?.replaceAll("``", "`") ?? plain;
}

/** In statements about accounts, every quoted text that is not an account's name may be a password or its hash. */
function redactCredentials(sql: string, bare: string): string {
  if (!accounts.test(bare)) return sql;
  return sql.replace(quoted, (text, offset: number) => (beforeAccountName.test(sql.slice(0, offset)) ? text : "'[REDACTED]'"));
}
