// Takes a document in Markdown; gives it as PDF: a page with its title, then its text, with page numbers. Fonts are those
// that every reader has, so nothing is downloaded and nothing embedded.
import { createRequire } from "node:module";
import pdfmake from "pdfmake";
import type { TDocumentDefinitions, TFontDictionary } from "pdfmake/interfaces.js";
import { markdownContent } from "./markdown-content.ts";
import { plainLetters } from "./plain-letters.ts";

const require = createRequire(import.meta.url);
const fonts: TFontDictionary = {
  ...(require("pdfmake/standard-fonts/Helvetica.js") as TFontDictionary),
  ...(require("pdfmake/standard-fonts/Courier.js") as TFontDictionary),
};

export interface PdfText {
  markdown: string;
  /** Below the title, one under the other. */
  subtitle: readonly string[];
  language: string;
}

export async function renderPdf({ markdown, subtitle, language }: PdfText): Promise<Buffer> {
  const { title, content } = markdownContent(markdown);
  const titlePage = [
    { text: title, fontSize: 28, bold: true, margin: [0, 220, 0, 16] as [number, number, number, number] },
    ...subtitle.map((line) => ({
      text: plainLetters(line),
      fontSize: 13,
      margin: [0, 0, 0, 4] as [number, number, number, number],
    })),
    { text: "", pageBreak: "after" as const },
  ];
  const definition: TDocumentDefinitions = {
    info: { title },
    language,
    pageSize: "A4",
    pageMargins: [62, 58, 62, 62],
    defaultStyle: { font: "Helvetica", fontSize: 10, lineHeight: 1.15 },
    content: [...titlePage, ...content],
    footer: (page, pages) =>
      page === 1
        ? ""
        : {
            text: `${title} · ${page} / ${pages}`,
            fontSize: 8,
            color: "#666666",
            alignment: "center",
            margin: [0, 20, 0, 0],
          },
    // A heading alone at the foot of a page goes over to the next one.
    pageBreakBefore: (node, { getFollowingNodesOnPage }) =>
      node.headlineLevel !== undefined && getFollowingNodesOnPage().length === 0,
  };
  pdfmake.setFonts(fonts);
  // Nothing is fetched; the one kind of file it may open are the metrics of those fonts, which are its own.
  pdfmake.setUrlAccessPolicy(() => false);
  pdfmake.setLocalAccessPolicy(() => true);
  return await pdfmake.createPdf(definition).getBuffer();
}
