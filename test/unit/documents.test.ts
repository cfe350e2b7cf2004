// The documents say what the code says: generated ones are up to date, and README and docs name only commands and settings that exist.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { staleDocuments } from "../../scripts/generate-docs.ts";
import { loadAllCommands } from "../../src/serve/cli/command-families.ts";
import { configSchema } from "../../src/model/config.ts";
import { describeMetric } from "../../src/model/metrics.ts";
import { toName } from "../support/metrics-text.ts";
import { readSources } from "../tidy/rules.ts";

const root = join(import.meta.dirname, "..", "..");
const documents = [
  ...readSources(root, ["docs"], ".md"),
  { path: "README.md", text: readFileSync(join(root, "README.md"), "utf8") },
];

test("generated documents are up to date (`npm run generate` writes them)", () => expect(staleDocuments()).toEqual([]));

test("every command that the documents call exists", async () => {
  const commands = await loadAllCommands();
  const known = new Set(commands.flatMap(({ paths = [] }) => paths.map((path) => path[0] ?? "")));
  const called = documents.flatMap(({ path, text }) =>
    [...text.matchAll(/(?:^|`|\$ |… |exec )auditctl (?:-- )?([a-z]+)/gm)].map((match) => ({
      path,
      command: match[1] ?? "",
    })),
  );
  expect(called.length).toBeGreaterThan(5);
  expect(called.filter(({ command }) => !known.has(command))).toEqual([]);
});

test("every setting that the documents name exists", () => {
  const known = new Set(Object.keys(configSchema.shape).map((key) => `AUDIT_${key.toUpperCase()}`));
  const named = documents.flatMap(({ path, text }) =>
    [...text.matchAll(/\bAUDIT_[A-Z_]+\b/g)].map((match) => ({ path, name: match[0] })),
  );
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter(({ name }) => !known.has(name) && !/^AUDIT_(CONFIG|TEST_)/.test(name))).toEqual([]);
});

const operations = readFileSync(join(root, "docs", "operations.md"), "utf8");
const rules = parseYaml(readFileSync(join(root, "docs", "alert-rules.yaml"), "utf8")) as {
  groups: { rules: { alert: string; expr: string; labels: object; annotations: Record<string, string> }[] }[];
};
const dashboard = JSON.parse(readFileSync(join(root, "docs", "grafana-dashboard.json"), "utf8")) as {
  panels: { type: string; title: string; description?: string; targets?: { expr: string }[] }[];
};

test("the dashboard and the alert rules ask for measures that there are, by labels that they have", () => {
  const alerts = rules.groups.flatMap((group) => group.rules);
  const asked = [
    ...alerts.map(({ alert, expr }) => ({ where: alert, expr })),
    ...dashboard.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ where: title, expr }))),
  ];
  expect(asked.length).toBeGreaterThan(40);
  const faults = asked.flatMap(({ where, expr }) =>
    [...expr.matchAll(/\b((?:audit_overlay|process|nodejs)_\w+)(?:\{([^}]*)\})?/g)].flatMap(
      ([, sample = "", matchers = ""]) => {
        const name = toName(sample);
        if (name === undefined) return [`${where}: there is no ${sample}`];
        const labels = new Set(["job", "instance", "le", ...(describeMetric(name).labels ?? [])]);
        return [...matchers.matchAll(/(\w+)[=!]/g)]
          .filter(([, label = ""]) => !labels.has(label))
          .map(([, label]) => `${where}: ${name} has no label ${label}`);
      },
    ),
  );
  expect(faults).toEqual([]);
});

test("every alert says what, why and what to do, and every panel what it shows", () => {
  const anchors = new Set([...operations.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) => toAnchor(title)));
  for (const { alert, labels, annotations } of rules.groups.flatMap((group) => group.rules)) {
    expect([alert, labels]).toEqual([alert, { severity: expect.stringMatching(/^(warning|critical)$/) as string }]);
    const { summary, description, runbook_url = "" } = annotations;
    expect([alert, summary, description]).toEqual([alert, expect.any(String), expect.any(String)]);
    const [file, anchor = ""] = runbook_url.split("#");
    expect([alert, file, anchors.has(anchor)]).toEqual([alert, "operations.md", true]);
  }
  const unexplained = dashboard.panels.filter(
    ({ type, description = "" }) => type !== "row" && description.length < 10,
  );
  expect(unexplained).toEqual([]);
});

test("every part of the program that logs is explained", () => {
  const text = readFileSync(join(root, "src", "lib", "logger.ts"), "utf8");
  const components = /type LogComponent =([^;]+);/.exec(text)?.[1]?.match(/\w+/g) ?? [];
  expect(components.length).toBeGreaterThan(5);
  expect(components.filter((name) => !operations.includes(`\`${name}\``))).toEqual([]);
});

/** As the forges make them. */
function toAnchor(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");
}
