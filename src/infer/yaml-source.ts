// Stage infer. Takes the text of a YAML file; gives its data, and for every path into the data its line and column in
// the file.
import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { Node, YAMLError } from "yaml";

/** Keys and list indexes from the top of the document. */
export type YamlPath = readonly (string | number)[];

/** Something wrong, at an offset in the text. */
export interface Mistake {
  offset: number;
  message: string;
}

export interface YamlSource {
  data: unknown;
  /** What the YAML parser itself objects to. When there is any, `data` is not to be trusted. */
  mistakes: readonly Mistake[];
  /** Offset of the value at `path`, or of the nearest value above it that the file does have. */
  valueOffset(path: YamlPath): number;
  /** Offset of the key at the end of `path`. */
  keyOffset(path: YamlPath): number;
  /** Offset of character `index` of the text at `path`; where escapes or folds moved it, the start of the value. */
  textOffset(path: YamlPath, index: number): number;
  /** `file:line:column` of an offset; both count from 1. */
  at(offset: number): string;
}

export function readYaml(text: string, file: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: "error" });
  // An unknown tag is only a warning to the parser, but it means that a value is not what its author thinks it is.
  const mistakes = [...document.errors, ...document.warnings].map((error) => describeYamlError(error, text));
  const root = isNode(document.contents) ? document.contents : undefined;
  let data: unknown;
  if (mistakes.length === 0) {
    try {
      data = document.toJS();
    } catch (error) {
      mistakes.push({ offset: 0, message: (error as Error).message }); // aliases that expand without end
    }
  }
  const valueOffset = (path: YamlPath): number => startOf(walk(root, path).value);
  return {
    data,
    mistakes,
    valueOffset,
    keyOffset: (path) => startOf(walk(root, path).key),
    textOffset: (path, index) => {
      const start = valueOffset(path);
      const { value } = walk(root, path);
      if (!isScalar(value) || typeof value.value !== "string" || !value.range) return start;
      const within = text.slice(start, value.range[1]).indexOf(value.value.trimEnd());
      return within === -1 ? start : start + within + index;
    },
    at: (offset) => {
      const { line, col } = lines.linePos(offset);
      return `${file}:${line}:${col}`;
    },
  };
}

function describeYamlError(error: YAMLError, text: string): Mistake {
  const offset = error.pos[0];
  if (error.code !== "DUPLICATE_KEY") return { offset, message: error.message };
  const key = /^[^\s:]*/.exec(text.slice(offset))![0];
  return { offset, message: `\`${key}\` is given twice` };
}

/** As far down `path` as the file goes: the value there, and the key it is under. */
function walk(root: Node | undefined, path: YamlPath): { key: unknown; value: unknown } {
  let key: unknown = root;
  let value: unknown = root;
  for (const step of path) {
    if (isMap(value)) {
      const pair = value.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
      if (!pair) break;
      [key, value] = [pair.key, pair.value];
    } else if (isSeq(value) && value.items[Number(step)] !== undefined) {
      key = value = value.items[Number(step)];
    } else {
      break;
    }
  }
  return { key, value };
}

function startOf(node: unknown): number {
  return isNode(node) && node.range ? node.range[0] : 0;
}
