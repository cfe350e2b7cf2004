// capture: a distributed (XA) transaction's id, from the log's events and statements -> text a person can read and a server takes.

/** The three parts of an XA id, as the log's events hold them. */
export interface XidParts {
  xidGtrid: Buffer;
  xidBqual: Buffer;
  xidFormatId: number;
}

/**
 * `'gtrid','bqual',formatID`, a part in hexadecimal (`X'00ff'`) where it is not plain text. The same id is the same text
 * always, and after XA COMMIT or XA ROLLBACK the server takes it as it is.
 */
export function formatXid({ xidGtrid, xidBqual, xidFormatId }: XidParts): string {
  return `${formatPart(xidGtrid)},${formatPart(xidBqual)},${xidFormatId}`;
}

/** Printable ASCII without the two characters that SQL would want escaped. */
const plainText = /^[\x20-\x26\x28-\x5b\x5d-\x7e]*$/;

function formatPart(bytes: Buffer): string {
  const text = bytes.toString("latin1");
  return plainText.test(text) ? `'${text}'` : `X'${bytes.toString("hex")}'`;
}

export interface XaStatement {
  verb: "START" | "END" | "COMMIT" | "ROLLBACK";
  xid: string;
}

/** As both servers write it into their logs, whatever the client had typed: `XA COMMIT X'6b656570',X'',1`. */
const logged = /^XA (START|END|COMMIT|ROLLBACK) X'((?:[0-9a-f]{2})*)',X'((?:[0-9a-f]{2})*)',(\d+)$/i;

/** null when it is not of the form in which servers log it. */
export function parseXaStatement(sql: string): XaStatement | null {
  const [, verb, gtrid, bqual, formatId] = logged.exec(sql) ?? [];
  if (verb === undefined || gtrid === undefined || bqual === undefined) return null;
  const parts = { xidGtrid: Buffer.from(gtrid, "hex"), xidBqual: Buffer.from(bqual, "hex") };
  return {
    verb: verb.toUpperCase() as XaStatement["verb"],
    xid: formatXid({ ...parts, xidFormatId: Number(formatId) }),
  };
}
