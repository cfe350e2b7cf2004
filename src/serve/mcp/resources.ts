// serve/mcp: addresses (`audit://…`) -> the same answers as the tools give, for clients that attach documents to a conversation.
import { AppError } from "../../model/app-error.ts";
import { assistantLine } from "./assistant-json.ts";
import type { McpTool } from "./mcp-tool.ts";
import { tools } from "./tools.ts";

const mimeType = "application/json";

export const resources = [
  {
    uri: "audit://coverage",
    name: "coverage",
    title: "What the trail holds",
    description: "Range, gaps and limits of the trail, and the types of entities and events there are.",
    mimeType,
  },
];

export const resourceTemplates = [
  {
    uriTemplate: "audit://entities/{type}/{id}",
    name: "entity-timeline",
    title: "The story of one entity",
    description: "What happened to one entity, the newest items. Type and id are percent-encoded.",
    mimeType,
  },
  {
    uriTemplate: "audit://events/{id}",
    name: "event",
    title: "One event",
    description: "One event by its id, as `fetch` gives it.",
    mimeType,
  },
];

/** The tool that answers for an address, and what it is asked. @throws trace.not_found for an address that is none of ours */
export function resolveResource(uri: string): { tool: McpTool; input: Record<string, string> } {
  if (uri === "audit://coverage") return { tool: toolOf("trail_coverage"), input: {} };
  const [, type, id] = /^audit:\/\/entities\/([^/]+)\/(.+)$/s.exec(uri) ?? [];
  if (type !== undefined && id !== undefined)
    return { tool: toolOf("trace_entity"), input: { entity_type: decode(type), entity_id: decode(id) } };
  const [, event] = /^audit:\/\/events\/([^/]+)$/s.exec(uri) ?? [];
  if (event !== undefined) return { tool: toolOf("fetch"), input: { id: decode(event) } };
  throw new AppError("trace.not_found", `there is no resource ${assistantLine(uri, 200)}`, {
    hint: `Resources: audit://coverage, ${resourceTemplates.map(({ uriTemplate }) => uriTemplate).join(", ")}.`,
  });
}

function toolOf(name: string): McpTool {
  const tool = tools.find((candidate) => candidate.name === name);
  if (tool === undefined) throw new Error(`bug: no tool ${name}`);
  return tool;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new AppError("usage.query", "the address is not percent-encoded text", {
      hint: "Encode each part of it on its own, such as A%2F7 for A/7.",
    });
  }
}
