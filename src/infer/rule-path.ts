// Stage infer. Takes a path into a rule pack; gives the words by which a message calls that place.
import type { YamlPath } from "./yaml-source.ts";

/** `entities.sales.id` in back quotes; inside a rule that has a name, rule `sale-completed`: `on.when`. */
export function nameOfPath(path: YamlPath, data: unknown): string {
  const [top, index, ...rest] = path;
  const name = top === "rules" ? ruleName(data, index) : undefined;
  if (name === undefined || (rest.length === 1 && rest[0] === "name")) return `\`${path.join(".")}\``;
  return rest.length === 0 ? `rule \`${name}\`` : `rule \`${name}\`: \`${rest.join(".")}\``;
}

/** The data may be of any shape: it is being checked. */
function ruleName(data: unknown, index: YamlPath[number] | undefined): string | undefined {
  const rules = (data as { rules?: unknown } | null)?.rules;
  const rule: unknown = Array.isArray(rules) && index !== undefined ? rules[Number(index)] : undefined;
  const name = (rule as { name?: unknown } | null | undefined)?.name;
  return typeof name === "string" ? name : undefined;
}
