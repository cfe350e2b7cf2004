// The pilot proposal becomes a PDF: with all its values, with blanks as a draft, and not at all with a value amiss.
import { execFile } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { inflateSync } from "node:zlib";
import { expect, test } from "vitest";
import { fillPlaceholders } from "../../scripts/pdf/fill-placeholders.ts";
import { plainLetters } from "../../scripts/pdf/plain-letters.ts";
import { renderPdf } from "../../scripts/pdf/render-pdf.ts";
import { openTempFolder } from "../support/temp-folder.ts";

const root = join(import.meta.dirname, "..", "..");
const template = readFileSync(join(root, "docs", "pilot-proposal.md"), "utf8");
const { missing: names } = fillPlaceholders(template, {});

test("rendered with all its values it is a PDF with a title page, more pages, and the values in it", async () => {
  using folder = openTempFolder();
  const values = Object.fromEntries(names.map((name) => [name, `the ${name}`]));
  writeFileSync(folder.file("values.yaml"), JSON.stringify({ ...values, customer: "Añejo & Cía. | *S.A.*", price: 0 }));
  const out = folder.file("out.pdf");
  await render("--values", folder.file("values.yaml"), "--out", out);
  const { header, pages, text } = readPdf(readFileSync(out));
  expect(header).toMatch(/^%PDF-1\.\d/);
  expect(pages).toBeGreaterThan(3);
  expect(text).toContain("Añejo & Cía. | *S.A.*");
  expect(text).toContain("Criteria of success");
  expect(text).not.toContain("{{");
  expect(text).not.toContain("______ (");
});

test("a missing value is refused and named, and a blank in a draft", async () => {
  using folder = openTempFolder();
  await expect(render("--out", folder.file("no.pdf"))).rejects.toThrow(/no value for: .*customer/);
  const out = folder.file("draft.pdf");
  await render("--draft", "--set", "application=ERP", "--out", out);
  expect(readPdf(readFileSync(out)).text).toContain("______ (customer)");
});

test("a value without a place is refused, in a draft too", async () => {
  await expect(render("--draft", "--set", "custommer=X")).rejects.toThrow("has no place for: custommer");
});

const others = readdirSync(join(root, "docs")).filter((name) =>
  /^(installation|demo-script|security|architecture)(\.es)?\.md$/.test(name),
);

test.each(others)("docs/%s can be rendered too", async (name) => {
  const markdown = readFileSync(join(root, "docs", name), "utf8");
  const pdf = await renderPdf({ markdown, subtitle: ["Guía"], language: "es" });
  expect(readPdf(pdf).pages).toBeGreaterThan(3);
});

test("letters that the standard fonts lack are written with others, or refused", () => {
  expect(plainLetters("Señor → “3 ≥ 2” · 5 €… ┌─┊")).toBe("Señor -> “3 >= 2” · 5 €… +-|");
  expect(() => plainLetters("数")).toThrow("U+6570");
});

async function render(...args: string[]): Promise<void> {
  await promisify(execFile)(process.execPath, [join(root, "scripts", "render-proposal.ts"), ...args]);
}

/** What a reader of PDF sees, from the file's own parts: pdfkit writes text as hexadecimal, in pieces with their spacing. */
function readPdf(pdf: Buffer): { header: string; pages: number; text: string } {
  const raw = pdf.toString("latin1");
  const streams = [...raw.matchAll(/\/FlateDecode\s*>>\s*stream\n([\s\S]*?)\nendstream/g)].map((match) =>
    inflateSync(Buffer.from(match[1] ?? "", "latin1")).toString("latin1"),
  );
  const words = streams.flatMap((stream) =>
    [...stream.matchAll(/\[(.*?)\] TJ/g)].map(([, pieces = ""]) =>
      [...pieces.matchAll(/<([\da-f]*)>/g)].map((piece) => windows1252(Buffer.from(piece[1] ?? "", "hex"))).join(""),
    ),
  );
  return {
    header: raw.slice(0, 8),
    pages: Number(/\/Type \/Pages\n\/Count (\d+)/.exec(raw)?.[1]),
    text: words.join(""),
  };
}

function windows1252(bytes: Buffer): string {
  return new TextDecoder("windows-1252").decode(bytes);
}
