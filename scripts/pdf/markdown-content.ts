// Takes Markdown; gives the same as the content of a PDF: headings, paragraphs, lists, tables, code. Comments are left out.
import { marked, type Token, type Tokens } from "marked";
import type { Content, ContentText, TableCell } from "pdfmake/interfaces.js";
import { plainLetters } from "./plain-letters.ts";

const grey = "#f2f2f2";
const headingSizes = [20, 15, 12, 11, 10, 10];

/** The first heading of the first level is the document's title, and not in the content. */
export function markdownContent(markdown: string): { title: string; content: Content[] } {
  const tokens = marked.lexer(markdown);
  const first = tokens.find((token) => token.type === "heading" && token.depth === 1);
  const title = first?.type === "heading" ? plainLetters(decode(first.text)) : "";
  return { title, content: tokens.filter((token) => token !== first).flatMap(block) };
}

function block(token: Token): Content[] {
  switch (token.type) {
    case "heading":
      return [heading(token as Tokens.Heading)];
    case "paragraph":
      return [{ text: inline(token.tokens ?? []), margin: [0, 0, 0, 7] }];
    case "text":
      return [{ text: inline(token.tokens ?? [token]), margin: [0, 0, 0, 2] }];
    case "code":
      return [code((token as Tokens.Code).text)];
    case "list":
      return [list(token as Tokens.List)];
    case "table":
      return [table(token as Tokens.Table)];
    case "blockquote":
      return [{ stack: (token.tokens ?? []).flatMap(block), margin: [14, 0, 0, 4], italics: true }];
    case "hr":
      return [{ text: " ", margin: [0, 4, 0, 4] }];
    case "space":
    case "html":
    case "def":
      return [];
    default:
      throw new Error(`a document for PDF must not hold a "${token.type}"`);
  }
}

function heading({ depth, tokens }: Tokens.Heading): Content {
  const fontSize = headingSizes[depth - 1] ?? 10;
  return { text: inline(tokens), fontSize, bold: true, margin: [0, depth < 3 ? 12 : 8, 0, 5], headlineLevel: depth };
}

function code(text: string): Content {
  const lines = {
    text: plainLetters(text),
    font: "Courier",
    fontSize: 7.5,
    lineHeight: 1.25,
    preserveLeadingSpaces: true,
  };
  return {
    table: { widths: ["*"], body: [[{ ...lines, fillColor: grey }]] },
    layout: "noBorders",
    margin: [0, 2, 0, 8],
  };
}

function list({ ordered, start, items }: Tokens.List): Content {
  const entries = items.map(({ tokens }) => ({ stack: tokens.flatMap(block) }));
  const margin: [number, number, number, number] = [4, 0, 0, 6];
  return ordered ? { ol: entries, start: start === "" ? 1 : start, margin } : { ul: entries, margin };
}

function table({ header, rows }: Tokens.Table): Content {
  const cell = ({ tokens }: Tokens.TableCell, bold: boolean): TableCell => ({
    text: inline(tokens),
    bold,
    fontSize: 8.5,
  });
  const isHeaded = header.some(({ text }) => text !== "");
  const body = [
    ...(isHeaded ? [header.map((item) => cell(item, true))] : []),
    ...rows.map((row) => row.map((item) => cell(item, false))),
  ];
  // Each column gets its share of the page by its longest cell, within bounds.
  const shares = header.map((_cell, column) => {
    const lengths = [header, ...rows].map((row) => row[column]?.text.length ?? 0);
    return Math.min(60, Math.max(8, ...lengths));
  });
  const all = shares.reduce((sum, share) => sum + share, 0);
  const widths = shares.map((share, column) =>
    column === shares.length - 1 ? "*" : `${Math.floor((share / all) * 94)}%`,
  );
  return {
    table: { headerRows: isHeaded ? 1 : 0, widths, body, dontBreakRows: true },
    layout: "lightHorizontalLines",
    margin: [0, 2, 0, 9],
  };
}

function inline(tokens: readonly Token[]): ContentText[] {
  return tokens.flatMap((token): ContentText[] => {
    const within = (): ContentText[] => inline("tokens" in token ? (token.tokens ?? []) : []);
    switch (token.type) {
      case "strong":
        return within().map((part) => ({ ...part, bold: true }));
      case "em":
        return within().map((part) => ({ ...part, italics: true }));
      case "codespan":
        return [{ text: plainLetters(decode((token as Tokens.Codespan).text)), font: "Courier", fontSize: 8.5 }];
      case "link":
        return within().map((part) => linked(part, (token as Tokens.Link).href));
      case "br":
        return [{ text: "\n" }];
      case "html":
        return [];
      case "text":
      case "escape":
        if ("tokens" in token && token.tokens !== undefined) return within();
        return [{ text: plainLetters(decode((token as Tokens.Text).text).replaceAll("\n", " ")) }];
      default:
        throw new Error(`a document for PDF must not hold a "${token.type}"`);
    }
  });
}

/** A link within the documents leads nowhere from a PDF: only its words stay. */
function linked(part: ContentText, href: string): ContentText {
  return /^https?:/.test(href) ? { ...part, link: href, color: "#1a4d8f" } : part;
}

/** What marked writes as entities, for HTML. */
function decode(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}
