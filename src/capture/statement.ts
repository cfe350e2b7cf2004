// capture: what kind of statement a Query event carries. Looks past comments; never parses SQL further than its first words.

export type StatementKind = "begin" | "commit" | "rollback" | "savepoint" | "xa" | "row-change" | "other" | "noise";

/** Leading white space, comments, and the openings of version comments whose content the server runs. */
const leading = /^(?:\s+|\/\*(?!M?!)[\s\S]*?\*\/|\/\*M?!\d*|--(?:[\0-\t\v-\x20][^\n]*)?(?:\n|$)|#[^\n]*(?:\n|$))+/;
/** MariaDB's settings for one statement. */
const statementSettings = /^SET\s+STATEMENT\s[\s\S]*?\sFOR\s+/i;

function stripLeadingComments(sql: string): string {
  return sql.replace(leading, "").replace(statementSettings, "");
}

export function classifyStatement(sql: string): StatementKind {
  const text = stripLeadingComments(sql);
  // MariaDB puts a comment-only statement where an event is hidden from old clients.
  if (text === "") return "noise";
  const beginning = text.slice(0, 200).replace(/\/\*(?!M?!)[\s\S]*?\*\//g, " ");
  const [first = "", second = "", third = ""] = beginning.toUpperCase().match(/\w+/g) ?? [];
  switch (first) {
    case "BEGIN":
      return "begin";
    case "START":
      return second === "TRANSACTION" ? "begin" : "other";
    case "COMMIT":
      return "commit";
    case "ROLLBACK":
      return second === "TO" || (second === "WORK" && third === "TO") ? "savepoint" : "rollback";
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
    // WITH … UPDATE, and a function that changes rows: logged like this only in statement format.
    case "WITH":
    case "SELECT":
    case "DO":
    case "CALL":
      return "row-change";
    default:
      return "other";
  }
}
