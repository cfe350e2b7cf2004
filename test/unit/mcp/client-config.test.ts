// The configuration files of assistants: where they are, and that ours is added and nothing else changes.
import { describe, expect, it } from "vitest";
import { AppError } from "../../../src/model/app-error.ts";
import { type ClientName, clientFile, withServer } from "../../../src/serve/mcp/client-config.ts";
import { lineDiff } from "../../../src/serve/mcp/line-diff.ts";

const entry = { command: "/usr/bin/node", args: ["main.js", "mcp"] };
const add = (text: string | undefined, client: ClientName = "claude-desktop") =>
  withServer(client, text, "audit-overlay", entry, "file.json");

it.each([
  ["claude-desktop", "darwin", "/home/x/Library/Application Support/Claude/claude_desktop_config.json"],
  ["claude-desktop", "linux", "/home/x/.config/Claude/claude_desktop_config.json"],
  ["claude-code", "linux", "/project/.mcp.json"],
  ["cursor", "darwin", "/home/x/.cursor/mcp.json"],
  ["vscode", "linux", "/project/.vscode/mcp.json"],
] as const)("%s on %s keeps its servers in %s", (client, platform, path) => {
  expect(clientFile(client, { platform, env: { HOME: "/home/x" }, folder: "/project" })).toBe(path);
});

describe("a configuration", () => {
  it.each([undefined, "", " \n", "{}"])("that is %j gets ours alone", (text) => {
    expect(JSON.parse(add(text))).toEqual({ mcpServers: { "audit-overlay": entry } });
  });

  it("keeps everything else in it, its order and its indentation", () => {
    const text = `{\n\t"theme": "dark",\n\t"mcpServers": {\n\t\t"other": {\n\t\t\t"command": "x"\n\t\t}\n\t},\n\t"last": 1\n}\n`;
    const after = add(text);
    expect(JSON.parse(after)).toEqual({
      theme: "dark",
      mcpServers: { other: { command: "x" }, "audit-overlay": entry },
      last: 1,
    });
    expect(lineDiff(text, after).filter((line) => line.startsWith("-"))).toEqual([]);
  });

  it("has ours once, as told last", () => {
    const twice = withServer("claude-desktop", add("{}"), "audit-overlay", { command: "new", args: [] }, "f");
    expect(JSON.parse(twice)).toEqual({ mcpServers: { "audit-overlay": { command: "new", args: [] } } });
  });

  it("of VS Code has other words for the same", () => {
    expect(JSON.parse(add(undefined, "vscode"))).toEqual({ servers: { "audit-overlay": { type: "stdio", ...entry } } });
  });

  it.each([
    ['{ "a": 1, }', /file\.json is not JSON that can be added to/],
    ["// a comment\n{}", /not JSON/],
    ["[]", /it is not an object/],
    ['{ "mcpServers": [] }', /"mcpServers" is not an object/],
  ])("that is %j is left alone", (text, message) => {
    expect(() => add(text)).toThrow(AppError);
    expect(() => add(text)).toThrow(message);
  });

  it("keeps the mark at its beginning that Windows editors put there", () => {
    expect(add('\ufeff{"a":1}')).toMatch(/^\ufeff\{/);
  });
});

it("a diff shows what goes, what comes, and a few lines around", () => {
  expect(lineDiff("1\n2\n3\n4\n5\n6\n", "1\n2\n3\n4\nfive\n5\n6\n")).toEqual([" 2", " 3", " 4", "+five", " 5", " 6"]);
  expect(lineDiff("", "new\n")).toEqual(["+new"]);
  expect(lineDiff("same\n", "same\n")).toEqual([" same"]);
});
