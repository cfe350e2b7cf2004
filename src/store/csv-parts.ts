// store: columns of a stored event -> what SQLite gives of a row for a line of CSV. Cells that no text of the database can spoil
// come ready, several as one text: doubling quotes here takes a seventh of the time, and fewer texts cross over to JavaScript.

/** A stored column as it is, or ready cells with their commas: of JSON, or of text without quotes, commas and line breaks. */
export type CsvPart = { column: string } | { ready: readonly { column: string; isJson: boolean }[] };

/** @param sqlOf the column in the statement @param parts names of columns come from our own tables, never from a request */
export function csvPartSql(parts: readonly CsvPart[], sqlOf: (column: string) => string): string {
  return parts.map((part) => ("column" in part ? sqlOf(part.column) : readySql(part.ready, sqlOf))).join(", ");
}

function readySql(cells: readonly { column: string; isJson: boolean }[], sqlOf: (column: string) => string): string {
  const values = cells.map(({ column, isJson }) => (isJson ? quotedSql(sqlOf(column)) : sqlOf(column)));
  return `format('${values.map(() => "%s").join(",")}', ${values.join(", ")})`;
}

/** %w doubles quotes. It and %s stop at a NUL, which JSON text never holds. `{}`, `[]` and NULL, an empty cell, stay as they are. */
function quotedSql(json: string): string {
  return `iif(instr(${json}, '"') OR instr(${json}, ','), format('"%w"', ${json}), ${json})`;
}
