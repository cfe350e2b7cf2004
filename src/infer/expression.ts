// Stage infer. Takes CEL text (https://cel.dev); gives a check with positions and a compiled function. The only
// importer of the CEL library.
//
// Variables: `before` and `after` are maps of the triggering row ({} where there is no such row), `changed` is the list
// of its changed columns, each group of the rule is a list of {before, after}, and each preceding change is one. A column
// the server did not log is not in its map.
import { Environment } from "@marcbachmann/cel-js";
import type { RowImage } from "../model/change-event.ts";
import { suggestion } from "./suggest.ts";

export type ExpressionEnvironment = Environment;

/** The values of an expression's variables, by name. */
export type Variables = Record<string, unknown>;

/** @throws whatever the expression cannot do: a column that is absent, a sum of text and a number */
export type Evaluate = (variables: Variables) => unknown;

/**
 * What an expression sees of a grouped change. A class, because then CEL's type check knows its two fields and finds
 * `i.aftr`.
 */
export class GroupedChange {
  readonly before: RowImage | Map<string, unknown>;
  readonly after: RowImage | Map<string, unknown>;

  constructor(before: RowImage | null, after: RowImage | null) {
    this.before = rowVariable(before);
    this.after = rowVariable(after);
  }
}

/** A row as CEL sees it. The library asks for `row.constructor`, so a row with a column of that name must be a Map. */
export function rowVariable(row: RowImage | null): RowImage | Map<string, unknown> {
  if (row === null) return noRow;
  return Object.hasOwn(row, "constructor") ? new Map(Object.entries(row)) : row;
}

const noRow: RowImage = Object.freeze({});

/** The words an expression may use, when its rule has these groups and these preceding changes. */
export function expressionEnvironment(
  groups: readonly string[],
  preceding: readonly string[] = [],
): ExpressionEnvironment {
  const environment = baseEnvironment.clone();
  for (const group of groups) environment.registerVariable(group, "list<Change>");
  for (const name of preceding) environment.registerVariable(name, "Change");
  return environment;
}

/** False for words that mean something in CEL itself, and for the variables that are always there. */
export function isGroupName(name: string): boolean {
  if (wordsOfSyntax.has(name)) return false;
  try {
    baseEnvironment.clone().registerVariable(name, "list<Change>");
    return true;
  } catch {
    return false;
  }
}

// The library refuses most reserved words as variables, but accepts these, which its parser then never reads as one.
const wordsOfSyntax = new Set(["true", "false", "null", "in"]);

/**
 * The first mistake in an expression and the index of the character where it is; undefined for a good one.
 * @param allowed types it may have; what has no type before a row is there (`dyn`) always may
 */
export function checkExpression(
  text: string,
  environment: ExpressionEnvironment,
  allowed?: readonly string[],
): { index: number; message: string } | undefined {
  const result = environment.check(text);
  if (result.error)
    return { index: result.error.range?.start ?? 0, message: describeCelError(result.error, environment) };
  const type = result.type!;
  if (!allowed || type === "dyn" || allowed.includes(type)) return undefined;
  return { index: 0, message: `must give ${allowed.join(" or ")}, but gives ${type}` };
}

function describeCelError({ summary }: { summary: string }, environment: ExpressionEnvironment): string {
  const name = /^Unknown variable: (.*)$/.exec(summary)?.[1];
  if (name === undefined) return summary;
  const known = environment.getDefinitions().variables.map((variable) => variable.name);
  return `unknown variable \`${name}\`${suggestion(name, known) || ` (text needs quotes: "${name}")`}`;
}

/** Once per rule, not per row. The text must have passed `checkExpression` with the same groups. */
export function compileExpression(text: string, environment: ExpressionEnvironment): Evaluate {
  const parsed = environment.parse(text);
  parsed.check(); // leaves the types in the tree, so that no row pays for finding them
  return parsed;
}

const baseEnvironment = createBaseEnvironment();

function createBaseEnvironment(): Environment {
  const environment = new Environment({ homogeneousAggregateLiterals: false })
    .registerType("Change", {
      ctor: GroupedChange,
      fields: { before: "map<string, dyn>", after: "map<string, dyn>" },
    })
    .registerVariable("before", "map<string, dyn>")
    .registerVariable("after", "map<string, dyn>")
    .registerVariable("changed", "list<string>");
  registerMixedArithmetic(environment);
  registerOrElse(environment);
  return environment;
}

/**
 * Numbers of a row are JavaScript numbers, which CEL takes for doubles, and CEL has no `double - int`: without these,
 * `after.quantity - 3` would fail on every row while `after.quantity - 3.0` works, and nobody who writes a rule would
 * know why.
 */
function registerMixedArithmetic(environment: Environment): void {
  type Mixed = number | bigint;
  const operators: Record<string, (left: Mixed, right: Mixed) => number> = {
    "+": (left, right) => Number(left) + Number(right),
    "-": (left, right) => Number(left) - Number(right),
    "*": (left, right) => Number(left) * Number(right),
    "/": (left, right) => Number(left) / Number(right),
    "%": (left, right) => Number(left) % Number(right),
  };
  for (const [sign, apply] of Object.entries(operators)) {
    environment.registerOperator(`double ${sign} int`, apply).registerOperator(`int ${sign} double`, apply);
  }
  environment.registerOperator("double % double", operators["%"]!);
}

interface CelChecker<Node, Scope> {
  check(node: Node, scope: Scope): unknown;
  getType(name: string): unknown;
}
interface CelEvaluator<Node, Scope> {
  run(node: Node, scope: Scope): unknown;
}
interface OrElseMacro<Node> {
  args: [Node, Node];
}

/**
 * `orElse(value, default)`: the default when the value is NULL, an empty text, or a column that is absent. A macro, to
 * catch the last.
 */
function registerOrElse(environment: Environment): void {
  environment.registerFunction("orElse(ast, ast): dyn", <Node, Scope>({ args }: OrElseMacro<Node>) => ({
    args,
    async: false,
    typeCheck(checker: CelChecker<Node, Scope>, macro: OrElseMacro<Node>, scope: Scope) {
      for (const argument of macro.args) checker.check(argument, scope);
      return checker.getType("dyn");
    },
    evaluate(evaluator: CelEvaluator<Node, Scope>, macro: OrElseMacro<Node>, scope: Scope) {
      let value: unknown = null;
      try {
        value = evaluator.run(macro.args[0], scope);
      } catch (error) {
        if ((error as { code?: string }).code !== "no_such_key") throw error;
      }
      return value === null || value === "" ? evaluator.run(macro.args[1], scope) : value;
    },
  }));
}
