// serve/http: the paths of the question table. What stands in braces is a parameter; the rest of the input is query string.

/** `/v1/events/{id}` -> `["id"]`. */
export function pathParameters(template: string): string[] {
  return [...template.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
}

/** As Hono writes it: `/v1/events/:id`. */
export function routePattern(template: string): string {
  return template.replaceAll(/\{(\w+)\}/g, ":$1");
}

/** Path and query string that ask this. @throws URIError on text that is not Unicode (a lone surrogate) */
export function requestPath(template: string, input: Readonly<Record<string, unknown>>): string {
  const inPath = new Set(pathParameters(template));
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(input[name])));
  const query = Object.entries(input)
    .filter(([name, value]) => !inPath.has(name) && value !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return query.length === 0 ? path : `${path}?${query.join("&")}`;
}
