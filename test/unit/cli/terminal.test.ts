// Text for a terminal: what comes from a database cannot move the cursor, colour, ring, hide or turn around anything.
import { assert, property, string } from "fast-check";
import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { parseCount } from "../../../src/serve/cli/base-command.ts";
import { createProgress } from "../../../src/serve/cli/progress.ts";
import { createPaint, plural, printable, shortTime } from "../../../src/serve/cli/terminal.ts";
import { writeError } from "../../../src/serve/cli/write-error.ts";
import { AppError } from "../../../src/model/app-error.ts";

/** Control characters, line and paragraph separators, and everything that changes the direction of text. */
const harmful = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

describe("printable", () => {
  it.for([
    ["an ANSI colour", "\u001b[31mred\u001b[0m", "\\u001b[31mred\\u001b[0m"],
    ["a terminal title", "\u001b]0;owned\u0007", "\\u001b]0;owned\\u0007"],
    ["an eight-bit escape", "\u009b2J", "\\u009b2J"],
    ["a line end", "one\r\ntwo", "one\\u000d\\u000atwo"],
    ["a NUL, a backspace and DEL", "a\u0000b\bc\u007f", "a\\u0000b\\u0008c\\u007f"],
    ["a text turned around", "user\u202egpj.exe\u202c", "user\\u202egpj.exe\\u202c"],
    ["an isolate", "\u2066x\u2069", "\\u2066x\\u2069"],
    ["a line separator", "a\u2028b", "a\\u2028b"],
  ] as const)("spells out %s", ([, text, shown]) => {
    expect(printable(text)).toBe(shown);
  });

  it("leaves every other text as it is", () => {
    for (const text of ["", "Aspirin 500 mg", "Grüße 💊", "نص", "<script>", "100 % 'quoted' \"text\""])
      expect(printable(text)).toBe(text);
  });

  it("lets nothing harmful through, whatever the text", () => {
    assert(property(string({ unit: "binary" }), (text) => !harmful.test(printable(text, 10_000))));
    for (let code = 0; code < 0x3000; code += 1) expect(printable(String.fromCharCode(code))).not.toMatch(harmful);
  });

  it("cuts long text to its limit, with a mark", () => {
    expect(printable("x".repeat(200))).toHaveLength(200);
    expect(printable("x".repeat(201))).toBe(`${"x".repeat(199)}…`);
    expect(printable("abcdef", 3)).toBe("ab…");
  });
});

describe("shortTime", () => {
  it.for([
    ["2026-01-05T09:31:12.000000Z", "2026-01-05 09:31:12Z"],
    ["2026-01-05T09:31:12.340000Z", "2026-01-05 09:31:12.340Z"],
    ["2026-01-05T09:31:12.000001Z", "2026-01-05 09:31:12.000001Z"],
    ["2026-01-05T09:31:10Z", "2026-01-05 09:31:10Z"],
    ["2026-01-05T00:00:00.000000Z", "2026-01-05 00:00:00Z"],
    ["2026-01-05T00:00:00Z", "2026-01-05 00:00:00Z"],
  ] as const)("shows %s as %s", ([time, shown]) => {
    expect(shortTime(time)).toBe(shown);
  });
});

describe("small words", () => {
  it("counts in the singular and the plural", () => {
    expect([plural(0, "row"), plural(1, "row"), plural(1_234, "row"), plural(2, "entry", "entries")]).toEqual([
      "0 rows",
      "1 row",
      "1,234 rows",
      "2 entries",
    ]);
  });

  it("paints nothing on what is no terminal", () => {
    expect(createPaint(new PassThrough())("red", "plain")).toBe("plain");
  });

  it("shows no progress on what is no terminal", () => {
    const stream = new PassThrough();
    const progress = createProgress("verifying", "entries", stream, true);
    progress.update(1, 2);
    progress.stop();
    expect(stream.read()).toBeNull();
  });
});

describe("parseCount", () => {
  it("takes whole numbers in the range, with its ends", () => {
    expect([parseCount("--limit", "1", 1, 5), parseCount("--limit", "5", 1, 5)]).toEqual([1, 5]);
  });

  it.for(["0", "6", "1.5", "all", "-1", "NaN", "", " "])("refuses %j", (text) => {
    expect(() => parseCount("--limit", text, 1, 5)).toThrow(`--limit ${text}: must be a whole number from 1 to 5`);
  });
});

describe("writeError", () => {
  const write = (error: unknown, json = false): { text: string; status: number } => {
    const stream = new PassThrough();
    const status = writeError(error, { json, stream, env: {} });
    return { status, text: String(stream.read()) };
  };

  it("is one line and a hint, both inert, with the status of the code", () => {
    const error = new AppError("store.in_use", "busy\n\u001b[2J", { hint: "stop\u202eit" });
    expect(write(error)).toEqual({
      status: 6,
      text: "error busy\\u000a\\u001b[2J [store.in_use]\nhint: stop\\u202eit\n",
    });
  });

  it("is one JSON object for a program, details only where there are some", () => {
    expect(JSON.parse(write(new AppError("bug", "m", { hint: "h" }), true).text)).toEqual({
      error: { code: "bug", message: "m", hint: "h" },
    });
    const many = new AppError("source.misconfigured", "m", { hint: "h", details: ["one", "two"] });
    expect(JSON.parse(write(many, true).text)).toEqual({
      error: { code: "source.misconfigured", message: "m", hint: "h", details: ["one", "two"] },
    });
  });

  it("shows the stack only of a bug", () => {
    const { text, status } = write(new TypeError("oops"));
    expect(status).toBe(1);
    expect(text).toMatch(/^audit-overlay has a bug\. Please report this:\nTypeError: oops\n +at /);
  });
});
