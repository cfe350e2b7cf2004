// Renders the pilot proposal as PDF, with a customer's values in place: from a YAML file (`--values`), from `--set
// name=value`, or both. A value that is missing or not known is an error; `--draft` leaves blanks to be written on.
// `--document docs/installation.md` renders another document.
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { parse } from "yaml";
import { z } from "zod";
import { packageRoot } from "../src/lib/package-root.ts";
import { fillPlaceholders } from "./pdf/fill-placeholders.ts";
import { renderPdf } from "./pdf/render-pdf.ts";

const proposal = "docs/pilot-proposal.md";
const valuesSchema = z.record(z.string(), z.union([z.string(), z.number()]).transform(String));

process.exitCode = await render(process.argv.slice(2));

async function render(args: string[]): Promise<number> {
  const { values: flags } = parseArgs({
    args,
    options: {
      document: { type: "string", default: proposal },
      values: { type: "string" },
      set: { type: "string", multiple: true, default: [] },
      out: { type: "string" },
      draft: { type: "boolean", default: false },
    },
  });
  const values = {
    ...(flags.values === undefined ? {} : valuesSchema.parse(parse(readFileSync(flags.values, "utf8")) ?? {})),
    ...Object.fromEntries(flags.set.map(readPair)),
  };
  const template = readFileSync(join(packageRoot, flags.document), "utf8");
  const { text, missing, unknown } = fillPlaceholders(template, values);
  if (unknown.length > 0) return refuse(`${flags.document} has no place for: ${unknown.join(", ")}`);
  if (missing.length > 0 && !flags.draft)
    return refuse(
      `no value for: ${missing.join(", ")}\nGive them with --values FILE or --set name=value, or make a --draft with blanks.`,
    );
  const out = flags.out ?? `${basename(flags.document, ".md")}.pdf`;
  const subtitle = [values["customer"] ?? "", values["date"] ?? "", missing.length > 0 ? "DRAFT" : ""].filter(Boolean);
  const language = flags.document.endsWith(".es.md") ? "es" : "en";
  writeFileSync(out, await renderPdf({ markdown: text, subtitle, language }));
  process.stdout.write(`${out}\n`);
  return 0;
}

function readPair(pair: string): [string, string] {
  const at = pair.indexOf("=");
  return at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
}

function refuse(message: string): number {
  process.stderr.write(`${message}\n`);
  return 2;
}
