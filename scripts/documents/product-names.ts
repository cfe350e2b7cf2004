// Every name that a user can meet, from the code's own tables: settings, commands with their flags, routes, metrics, error codes,
// tools for assistants. For the index of the manual, and for the test that documents name all of them and nothing else.
import { errorCodes } from "../../src/model/app-error.ts";
import { type ConfigKey, configSchema, secretKeys } from "../../src/model/config.ts";
import { describeMetric, type MetricName, metrics as catalogue } from "../../src/model/metrics.ts";
import { createCli } from "../../src/serve/cli/cli.ts";
import { loadAllCommands } from "../../src/serve/cli/command-families.ts";
import { openApiDocument } from "../../src/serve/http/open-api.ts";
import { resources, resourceTemplates } from "../../src/serve/mcp/resources.ts";
import { prompts } from "../../src/serve/mcp/prompts.ts";
import { tools } from "../../src/serve/mcp/tools.ts";

export interface Named {
  name: string;
  /** In a few words. */
  about: string;
}

export interface CommandNames extends Named {
  /** As the line of its help has them, `--start,--from,--since`; a flag has one entry, however many names. */
  flags: readonly string[];
  /** Every way to write every flag; those that take no value also as `--no-…`. */
  accepted: readonly string[];
}

const cli = createCli(await loadAllCommands());

/** Those of Clipanion itself (`--help`, `--version`) left out. */
export const commandDefinitions = cli.definitions().filter(({ path }) => !path.includes("-"));

export const commands: readonly CommandNames[] = commandDefinitions.map(({ path, description = "", options }) => ({
  name: path.split(" ").slice(1).join(" "),
  about: description.replace(/\s+/g, " ").trim(),
  flags: options.map(({ definition }) => definition.split(" ")[0] ?? ""),
  accepted: options.flatMap(({ definition }) => {
    const [written = "", value] = definition.split(" ");
    const names = written.split(",");
    return value === undefined ? [...names, ...names.map((name) => name.replace(/^--/, "--no-"))] : names;
  }),
}));

export const settings: readonly Named[] = Object.entries(configSchema.shape).map(([name, { description = "" }]) => ({
  name,
  about: description,
}));

/** undefined: it can be set in the config file and the environment only. */
export function flagOfSetting(name: string): string | undefined {
  if (secretKeys.has(name as ConfigKey)) return undefined;
  const flag = `--${name.replaceAll("_", "-")}`;
  return commands.some(({ accepted }) => accepted.includes(flag)) ? flag : undefined;
}

/** `METHOD /path`. */
export const routes: readonly Named[] = [
  ...Object.entries(openApiDocument().paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { summary }]) => ({
      name: `${method.toUpperCase()} ${path}`,
      about: summary,
    })),
  ),
  // Its own protocol describes it; OpenAPI cannot.
  { name: "POST /mcp", about: "AI assistants over the Model Context Protocol." },
];

export const errors: readonly Named[] = Object.entries(errorCodes).map(([name, { summary }]) => ({
  name,
  about: summary,
}));

export const metrics: readonly Named[] = (Object.keys(catalogue) as MetricName[]).map((name) => ({
  name,
  about: describeMetric(name).help,
}));

export const mcpTools: readonly (Named & { inputs: readonly string[] })[] = tools.map(({ name, title, input }) => ({
  name,
  about: title,
  inputs: Object.keys(input.shape),
}));

export const mcpPrompts: readonly Named[] = prompts.map(({ name, title }) => ({ name, about: title }));

export const mcpResources: readonly Named[] = [
  ...resources.map(({ uri, title }) => ({ name: uri, about: title })),
  ...resourceTemplates.map(({ uriTemplate, title }) => ({ name: uriTemplate, about: title })),
];
