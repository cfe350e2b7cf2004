// serve/http: the OpenAPI document as one page to read: static HTML, no script, nothing from elsewhere, so that it works offline.
import { hash } from "node:crypto";
import type { JsonObject } from "../../lib/canonical-json.ts";
import type { OpenApiDocument, Operation, Parameter } from "./open-api.ts";

export interface ReferencePage {
  html: string;
  /** Allows the page's own style, and nothing else. */
  contentSecurityPolicy: string;
}

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#1c1c1c;background:#fff}
h2{margin-top:2.5rem;border-bottom:1px solid #ccc}h3{margin-top:2rem}code{font:14px ui-monospace,monospace}
table{border-collapse:collapse;width:100%}td,th{border:1px solid #ddd;padding:.3rem .5rem;text-align:left;vertical-align:top}
summary{cursor:pointer}pre{background:#f5f5f5;padding:1rem;overflow:auto}
@media(prefers-color-scheme:dark){body{color:#eee;background:#181818}td,th{border-color:#444}pre{background:#242424}a{color:#8cf}}`;

export function referencePage(document: OpenApiDocument): ReferencePage {
  const info = document["info"] as JsonObject;
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const { schemas = {} } = document["components"] as { schemas?: Record<string, JsonObject> };
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>audit-overlay API</title>
<style>${style}</style></head><body>
<h1>audit-overlay API <small>${escapeHtml(info["version"])}</small></h1>
<p>${escapeHtml(info["description"])}</p>
<p>For programs: <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1). A token goes into the header <code>Authorization: Bearer ao_…</code>.</p>
<ul>${operations.map(({ path, operation }) => `<li><a href="#${escapeHtml(operation.operationId)}"><code>${escapeHtml(path)}</code></a> ${escapeHtml(operation.summary)}</li>`).join("\n")}</ul>
<h2>Paths</h2>
${operations.map(({ path, method, operation }) => describeOperation(path, method, operation)).join("\n")}
<h2>Shapes</h2>
${Object.entries(schemas).map(describeShape).join("\n")}
</body></html>
`;
  const digest = hash("sha256", style, "base64");
  return { html, contentSecurityPolicy: `default-src 'none'; style-src 'sha256-${digest}'; frame-ancestors 'none'` };
}

function describeOperation(path: string, method: string, operation: Operation): string {
  const { operationId, summary, description, parameters, responses } = operation;
  const answer = (responses["200"] as { content: Record<string, { schema: JsonObject }> }).content;
  const rows = parameters.map(describeParameter).join("\n");
  return `<h3 id="${escapeHtml(operationId)}"><code>${escapeHtml(method.toUpperCase())} ${escapeHtml(path)}</code></h3>
<p>${escapeHtml(summary)} ${code(description ?? "")}</p>
${rows === "" ? "" : `<table><tr><th>Parameter</th><th>In</th><th>Form</th><th>Meaning</th></tr>\n${rows}</table>`}
<p>Gives ${Object.entries(answer)
    .map(([type, { schema }]) => `<code>${escapeHtml(type)}</code> ${describeReference(schema)}`)
    .join(", ")}</p>`;
}

/** What a parameter's schema may hold: nothing deeper. */
interface Form {
  type: string;
  enum?: string[];
  default?: string | number;
  minimum?: number;
  maximum?: number;
}

function describeParameter({ name, in: place, required, schema, description }: Parameter): string {
  const { type, enum: values, default: preset, minimum, maximum } = schema as unknown as Form;
  const form = [
    values?.join(" | ") ?? type,
    minimum !== undefined && maximum !== undefined ? `${minimum} to ${maximum}` : "",
    preset === undefined ? "" : `default ${preset}`,
    required ? "required" : "",
  ].filter((part) => part !== "");
  return `<tr><td><code>${escapeHtml(name)}</code></td><td>${place}</td><td>${escapeHtml(form.join(", "))}</td><td>${code(description ?? "")}</td></tr>`;
}

function describeReference({ $ref }: JsonObject): string {
  if (typeof $ref !== "string") return "";
  const name = escapeHtml($ref.split("/").at(-1));
  return `<a href="#shape-${name}">${name}</a>`;
}

function describeShape([name, schema]: [string, JsonObject]): string {
  const text = escapeHtml(JSON.stringify(schema, null, 2)).replaceAll(
    /&quot;#\/components\/schemas\/(\w+)&quot;/g,
    '<a href="#shape-$1">$1</a>',
  );
  return `<details id="shape-${escapeHtml(name)}"><summary><code>${escapeHtml(name)}</code> ${code(schema["description"] ?? "")}</summary><pre>${text}</pre></details>`;
}

/** Backquotes mark code, as in the documents. */
function code(text: unknown): string {
  return escapeHtml(text).replaceAll(/`([^`]+)`/g, "<code>$1</code>");
}

function escapeHtml(text: unknown): string {
  return String(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
