// serve/cli: rows -> a table that fits the terminal. Wide columns are cut first; where there is no terminal nothing is cut.
import { getBorderCharacters, table } from "table";
import type { Voice } from "./voice.ts";

export interface TableColumn {
  title: string;
  align?: "left" | "right";
  /** Narrower than this it is not made. */
  min?: number;
}

const gap = 2;
const widthMin = 8;

/** Cells are inert text without colours. `style` may paint a cell after it is cut. */
export function renderTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  { paint, width }: Pick<Voice, "paint" | "width">,
  style: (text: string, column: number, row: readonly string[]) => string = (text) => text,
): string[] {
  const natural = columns.map(({ title }, index) =>
    Math.max(displayWidth(title), ...rows.map((row) => displayWidth(row[index] ?? ""))),
  );
  const widths = fit(natural, columns, width);
  const cells = [
    columns.map(({ title }, index) => paint("dim", cut(title, widths[index]!))),
    ...rows.map((row) => columns.map((_, index) => style(cut(row[index] ?? "", widths[index]!), index, row))),
  ];
  const text = table(cells, {
    border: getBorderCharacters("void"),
    columnDefault: { paddingLeft: 0, paddingRight: gap },
    columns: columns.map(({ align = "left" }, index) => ({ alignment: align, width: widths[index]! })),
    drawHorizontalLine: () => false,
  });
  return text
    .trimEnd()
    .split("\n")
    .map((line) => line.trimEnd());
}

/** Takes from the widest column until all of them fit, or none may be narrower. */
function fit(natural: readonly number[], columns: readonly TableColumn[], width: number | undefined): number[] {
  const widths = natural.map((each) => Math.max(1, each));
  if (width === undefined) return widths;
  const least = widths.map((each, index) => Math.min(each, columns[index]?.min ?? widthMin));
  const spare = (): number => width - widths.reduce((sum, each) => sum + each + gap, -gap);
  while (spare() < 0) {
    const room = widths.map((each, index) => each - least[index]!);
    const widest = widths.reduce(
      (best, each, index) => (room[index]! > 0 && each > (widths[best] ?? 0) ? index : best),
      -1,
    );
    if (widest === -1) break;
    widths[widest]! -= Math.min(room[widest]!, 1 + Math.floor(-spare() / widths.length));
  }
  return widths;
}

/** Characters that take two columns. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const none = /\p{Mn}|\u200d|\ufe0f/u;

function charWidth(char: string): number {
  if (char < "\u0300") return 1;
  if (none.test(char)) return 0;
  return wide.test(char) ? 2 : 1;
}

export function displayWidth(text: string): number {
  let width = 0;
  for (const char of text) width += charWidth(char);
  return width;
}

/** To that many columns, with a mark. */
export function cut(text: string, max: number): string {
  if (displayWidth(text) <= max) return text;
  let kept = "";
  let width = 0;
  for (const char of text) {
    width += charWidth(char);
    if (width > max - 1) break;
    kept += char;
  }
  return `${kept}…`;
}
