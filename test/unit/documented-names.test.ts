// Everything that a user can meet is documented (settings, commands with every flag, routes, metrics, errors, tools for assistants), and
// documents name nothing that does not exist. The names are from the code's own tables.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  commands,
  errors,
  flagOfSetting,
  mcpPrompts,
  mcpResources,
  mcpTools,
  metrics,
  routes,
  settings,
} from "../../scripts/documents/product-names.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { createLogger } from "../../src/lib/logger.ts";
import { alertTypes } from "../../src/model/alert.ts";
import { createHttpApp } from "../../src/serve/http/http-app.ts";
import * as names from "../tidy/document-names.ts";
import { readSources } from "../tidy/rules.ts";

const root = join(import.meta.dirname, "..", "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const documents = [...readSources(root, ["docs"], ".md"), { path: "README.md", text: read("README.md") }];
const namesOf = (all: readonly { name: string }[]): Set<string> => new Set(all.map(({ name }) => name));

describe("everything is documented", () => {
  /** Rows of a table: each name has one, and it says something. */
  const withoutRow = (all: readonly { name: string }[], document: string): string[] => {
    const rows = names.tableRows(read(document));
    return all.filter(({ name }) => !/\w{2}/.test(rows.get(name) ?? "")).map(({ name }) => name);
  };

  test("settings, with their variables and flags", () => {
    expect(withoutRow(settings, "docs/configuration.md")).toEqual([]);
    const rows = names.tableRows(read("docs/configuration.md"));
    const wrong = settings.filter(({ name }) => {
      const [variable, flag] = rows.get(name)?.split(" | ") ?? [];
      const expected = flagOfSetting(name);
      return (
        variable !== `\`AUDIT_${name.toUpperCase()}\`` || flag !== (expected === undefined ? "none" : `\`${expected}\``)
      );
    });
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  test("commands, with every flag", () => {
    const sections = names.sectionsOf(read("docs/cli.md"));
    const missing = commands.flatMap(({ name, flags }) => {
      const section = sections.get(name);
      if (section === undefined) return [`auditctl ${name}`];
      const rows = names.tableRows(section.replaceAll(" …`", "`"));
      return flags.filter((flag) => !/\w{2}/.test(rows.get(flag) ?? "")).map((flag) => `auditctl ${name} ${flag}`);
    });
    expect(missing).toEqual([]);
  });

  test("routes", () => {
    const described = [read("docs/api.md"), read("docs/mcp.md"), read("docs/debezium.md")].join("\n");
    const missing = routes.filter(({ name }) => {
      const [method, path] = name.split(" ");
      // Parameters of the query stand behind some of them.
      const written = method === "GET" ? `\`${path}` : `${method} ${path}`;
      return !["`", "?"].some((end) => described.includes(written + end));
    });
    expect(missing.map(({ name }) => name)).toEqual([]);
  });

  test("every route that the service answers is one of those", () => {
    const nothingIsAsked = (): never => {
      throw new Error("nothing is asked");
    };
    const app = createHttpApp({
      answerer: { ask: nothingIsAsked },
      accessLog: { record: () => undefined },
      storePath: "",
      numbers: nothingIsAsked,
      measures: () => [],
      loopback: true,
      names: [],
      requireToken: false,
      findToken: () => undefined,
      requestsPerSecond: 1,
      silenceSecondsMax: 1,
      mounts: [],
      https: false,
      clock: systemClock,
      log: createLogger("silent"),
      signal: new AbortController().signal,
    });
    const answered = app.routes
      .filter(({ method }) => method !== "ALL")
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`);
    expect(answered.length).toBeGreaterThan(20);
    expect(answered.filter((route) => !namesOf(routes).has(route))).toEqual([]);
  });

  test("metrics", () => expect(withoutRow(metrics, "docs/manual.md")).toEqual([]));

  test("errors", () => expect(withoutRow(errors, "docs/errors.md")).toEqual([]));

  test("tools, prompts and resources for AI assistants", () => {
    expect(withoutRow(mcpTools, "docs/mcp.md")).toEqual([]);
    const rows = names.tableRows(read("docs/mcp.md"));
    const inputs = mcpTools.flatMap((tool) => tool.inputs.map((input) => ({ tool: tool.name, input })));
    expect(inputs.filter(({ tool, input }) => rows.get(tool)?.includes(`\`${input}\``) !== true)).toEqual([]);
    const text = read("docs/mcp.md");
    expect(mcpPrompts.filter(({ about }) => !text.includes(`*${about}*`))).toEqual([]);
    expect(mcpResources.filter(({ name }) => !text.includes(`\`${name}\``))).toEqual([]);
  });
});

describe("documents name nothing that does not exist", () => {
  const known = commands.map((command) => ({ name: command.name, flags: new Set(command.accepted) }));
  const everyFlag = new Set(commands.flatMap(({ accepted }) => accepted));
  const settingNames = namesOf(settings);

  test("commands and their flags", () => expect(names.checkCalls(documents, known)).toEqual([]));

  test("flags that stand alone", () => {
    // Those of other programs stand in these: Docker, npm, programs for developers.
    const others = /(?:development|generator|container|installation|demo-script|release)(?:\.es)?\.md$/;
    const ours = documents.filter(({ path }) => !others.test(path));
    expect(names.checkFlags(ours, everyFlag)).toEqual([]);
  });

  test("variables and settings", () => {
    const variables = new Set(settings.map(({ name }) => `AUDIT_${name.toUpperCase()}`));
    expect(names.checkVariables(documents, variables)).toEqual([]);
    expect(names.checkConfigFiles(documents, settingNames)).toEqual([]);
  });

  test("routes", () => {
    const paths = routes.map(({ name }) => name.split(" ")[1] ?? "");
    expect(names.checkRoutes(documents, paths)).toEqual([]);
  });

  test("metrics", () => expect(names.checkMetrics(documents, namesOf(metrics), settingNames)).toEqual([]));

  test("errors", () => {
    // Alerts have names of the same form; so have the fields of Debezium's `source`.
    const others = new Set([...Object.keys(alertTypes), "source.db", "source.table", "source.query"]);
    expect(names.checkErrorCodes(documents, namesOf(errors), others)).toEqual([]);
  });

  test("tools for AI assistants", () => {
    const called = documents.flatMap(({ text }) =>
      [...text.matchAll(/tools\/call[ ":]+([a-z_]+)/g)].map(([, name]) => name),
    );
    expect(called.length).toBeGreaterThan(5);
    expect(called.filter((name) => !namesOf(mcpTools).has(name ?? ""))).toEqual([]);
  });

  test("npm scripts", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    expect(names.checkScripts(documents, new Set(Object.keys(scripts)))).toEqual([]);
  });

  test("places in documents", () => expect(names.checkAnchors(documents)).toEqual([]));
});

describe("the checks refuse", () => {
  const page = (text: string) => [{ path: "docs/a.md", text }];
  const trace = [{ name: "trace", flags: new Set(["--at"]) }];
  const store = new Set(["store"]);
  test.each([
    ["an unknown command", names.checkCalls(page("`auditctl trase sale 1`"), trace)],
    ["an unknown flag", names.checkCalls(page("```sh\nauditctl trace sale 1 --att now\n```"), trace)],
    ["one inside another call", names.checkCalls(page("`auditctl trace $(auditctl trase)`"), trace)],
    ["a flag of no command", names.checkFlags(page("with `--such`"), new Set(["--at"]))],
    ["an unknown route", names.checkRoutes(page("`/v1/event/1`"), ["/v1/events/{id}"])],
    ["an unknown metric", names.checkMetrics(page("`audit_overlay_lags`"), new Set(["audit_overlay_lag"]), store)],
    ["an unknown error", names.checkErrorCodes(page("`store.lost`"), new Set(["store.missing"]), new Set())],
    ["an unknown variable", names.checkVariables(page("AUDIT_STOER=x"), new Set(["AUDIT_STORE"]))],
    ["an unknown setting", names.checkConfigFiles(page("```yaml\nstore: a\nstoer: b\n```"), store)],
    ["an unknown npm script", names.checkScripts(page("`npm run tests`"), new Set(["test"]))],
    ["a place that is none", names.checkAnchors(page("# One\n\n[x](#two)"))],
  ])("%s", (_what, findings) => expect(findings).toHaveLength(1));

  test("and nothing that is right", () => {
    const text =
      "# One\n\n`auditctl trace sale 1 --at now | less`, auditctl trases in prose, `AUDIT_STORE`, [x](#one), `sale.lost`";
    expect(names.checkCalls(page(text), trace)).toEqual([]);
    expect(names.checkVariables(page(text), new Set(["AUDIT_STORE"]))).toEqual([]);
    expect(names.checkErrorCodes(page(text), new Set(["store.missing"]), new Set())).toEqual([]);
    expect(names.checkAnchors(page(text))).toEqual([]);
    expect(names.checkRoutes(page("`GET /v1/events/17?x=1`"), ["/v1/events/{id}"])).toEqual([]);
    expect(names.checkMetrics(page("audit_overlay_lag_sum"), new Set(["audit_overlay_lag"]), store)).toEqual([]);
  });
});
