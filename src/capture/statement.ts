// capture: what kind of statement a Query event carries. Looks past comments; never parses SQL further than its first words.

export type StatementKind = "begin" | "commit" | "rollback" | "savepoint" | "xa" | "row-change" | "other" | "noise";

/** Leading white space, comments, and the openings of version comments whose content the server runs. */
const leading = /^(?:\s+|\/\*(?!M?!)[\s\S]*?\*\/|\/\*M?!\d*|--[\s][^\n]*(?:\n|$)|#[^\n]*(?:\n|$))+/;

export function stripLeadingComments(sql: string): string {
  return sql.replace(leading, "");
}

export function classifyStatement(sql: string): StatementKind {
  const text = stripLeadingComments(sql);
  // MariaDB puts a comment-only statement where an event is hidden from old clients.
  if (text === "") return "noise";
  const [first = "", second = ""] = text.slice(0, 200).toUpperCase().split(/[\s;(`]+/, 2);
  switch (first) {
    case "BEGIN":
      return "begin";
    case "START":
      return second === "TRANSACTION" ? "begin" : "other";
    case "COMMIT":
      return "commit";
    case "ROLLBACK":
      return second === "TO" ? "savepoint" : "rollback";
    case "SAVEPOINT":
    case "RELEASE":
      return "savepoint";
    case "XA":
      return "xa";
    case "INSERT":
    case "UPDATE":
    case "DELETE":
    case "REPLACE":
    case "LOAD":
      return "row-change";
    default:
      return "other";
  }
}
