// serve/mcp: an assistant's name -> where it keeps its list of MCP servers, and that file's text with ours in it.
import { homedir } from "node:os";
import { join } from "node:path";
import { AppError } from "../../model/app-error.ts";

export const clients = ["claude-desktop", "claude-code", "cursor", "vscode"] as const;
export type ClientName = (typeof clients)[number];

/** How a client starts our server. */
export interface ServerEntry {
  command: string;
  args: string[];
  env?: Record<string, string>;
}

interface Surroundings {
  platform: NodeJS.Platform;
  env: NodeJS.ProcessEnv;
  /** The folder of the project that is open. */
  folder: string;
}

/** The file of each client, as its documentation names it; claude-code and vscode keep one per project. */
export function clientFile(client: ClientName, { platform, env, folder }: Surroundings): string {
  const home = env["HOME"] ?? env["USERPROFILE"] ?? homedir();
  if (client === "claude-code") return join(folder, ".mcp.json");
  if (client === "vscode") return join(folder, ".vscode", "mcp.json");
  if (client === "cursor") return join(home, ".cursor", "mcp.json");
  if (platform === "win32") return join(env["APPDATA"] ?? join(home, "AppData", "Roaming"), "Claude", desktopFile);
  if (platform === "darwin") return join(home, "Library", "Application Support", "Claude", desktopFile);
  return join(env["XDG_CONFIG_HOME"] ?? join(home, ".config"), "Claude", desktopFile);
}
const desktopFile = "claude_desktop_config.json";

/**
 * The file's text with our server in it, everything else as it was; undefined text: there is no file yet.
 * @throws usage.config where the text is not JSON, or not of the form that the client keeps
 */
export function withServer(
  client: ClientName,
  text: string | undefined,
  name: string,
  entry: ServerEntry,
  path: string,
): string {
  const content = parseFile(text, path);
  const key = client === "vscode" ? "servers" : "mcpServers";
  const servers = content[key] ?? {};
  if (!isObject(servers)) throw notOfTheForm(path, `"${key}" is not an object`);
  const ours = client === "vscode" || client === "claude-code" ? { type: "stdio", ...entry } : entry;
  const next = JSON.stringify({ ...content, [key]: { ...servers, [name]: ours } }, null, indentOf(text));
  return `${text?.startsWith("\ufeff") === true ? "\ufeff" : ""}${next}\n`;
}

function parseFile(text: string | undefined, path: string): Record<string, unknown> {
  if (text === undefined || text.replace("\ufeff", "").trim() === "") return {};
  let content: unknown;
  try {
    content = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (error) {
    throw notOfTheForm(path, (error as Error).message);
  }
  if (!isObject(content)) throw notOfTheForm(path, "it is not an object");
  return content;
}

function notOfTheForm(path: string, why: string): AppError {
  return new AppError("usage.config", `${path} is not JSON that can be added to: ${why}`, {
    hint: "Nothing was changed. Repair the file (a comment or a comma at the end of a list is enough to break it), or add the server by hand: docs/mcp.md shows how.",
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** As the file is indented already. */
function indentOf(text: string | undefined): string | number {
  return /\n([ \t]+)"/.exec(text ?? "")?.[1] ?? 2;
}
