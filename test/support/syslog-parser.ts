// A parser of RFC 5424 written from its grammar, and one of CEF: what a receiver makes of our messages. Throw where the text is neither.

export interface SyslogParts {
  facility: number;
  severity: number;
  timestamp: string;
  hostname: string;
  app: string;
  processId: string;
  messageId: string;
  data: Record<string, string>;
  /** With its BOM, if there is one. */
  message: string;
}

export function parseSyslog(bytes: Buffer): SyslogParts {
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  const head =
    /^<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z) ([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) /.exec(
      text,
    );
  if (head === null) throw new Error(`no head of RFC 5424: ${text}`);
  const [whole, priority = "", timestamp = "", hostname = "", app = "", processId = "", messageId = ""] = head;
  let rest = text.slice(whole.length);
  const data: Record<string, string> = {};
  if (rest.startsWith("-")) rest = rest.slice(1);
  else {
    const open = /^\[[!#-<>-\\^-~]{1,32}/.exec(rest);
    if (open === null) throw new Error(`no structured data: ${rest}`);
    rest = rest.slice(open[0].length);
    for (;;) {
      const param = /^ ([!#-<>-\\^-~]{1,32})="((?:[^"\\\]]|\\["\\\]])*)"/.exec(rest);
      if (param === null) break;
      data[param[1] ?? ""] = (param[2] ?? "").replace(/\\(["\\\]])/g, "$1");
      rest = rest.slice(param[0].length);
    }
    if (!rest.startsWith("]")) throw new Error(`the structured data does not end: ${rest}`);
    rest = rest.slice(1);
  }
  if (rest !== "" && !rest.startsWith(" ")) throw new Error(`no message: ${rest}`);
  const [facility, severity] = [Math.floor(Number(priority) / 8), Number(priority) % 8];
  return { facility, severity, timestamp, hostname, app, processId, messageId, data, message: rest.slice(1) };
}

export interface CefParts {
  head: string[];
  extension: Record<string, string>;
}

export function parseCef(line: string): CefParts {
  if (/[\r\n]/.test(line)) throw new Error("a line break in CEF");
  const head =
    /^CEF:0\|((?:[^|\\]|\\[|\\])*)\|((?:[^|\\]|\\[|\\])*)\|((?:[^|\\]|\\[|\\])*)\|((?:[^|\\]|\\[|\\])*)\|((?:[^|\\]|\\[|\\])*)\|(\d{1,2})\|/.exec(
      line,
    );
  if (head === null) throw new Error(`no head of CEF: ${line}`);
  const extension: Record<string, string> = {};
  const rest = line.slice(head[0].length);
  // A key is a word right before an equals sign: one that is escaped has a backslash between.
  const keys = [...rest.matchAll(/(?:^| )(\w+)=/g)];
  for (const [index, key] of keys.entries()) {
    const value = rest.slice(key.index + key[0].length, keys[index + 1]?.index);
    if (!/^(?:[^\\=]|\\[\\=nr])*$/.test(value)) throw new Error(`not escaped: ${value}`);
    extension[key[1] ?? ""] = value.replace(/\\([\\=])/g, "$1");
  }
  return { head: head.slice(1).map((value) => value.replace(/\\([|\\])/g, "$1")), extension };
}
