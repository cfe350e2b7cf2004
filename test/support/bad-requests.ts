// Bad requests, the same for the same seed: every question asked wrongly in some way, and requests that are hardly any.
import type { Random } from "../../generator/random.ts";
import { questions, type QuestionName } from "../../src/model/question.ts";

export interface BadRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
}

const deepJson = `${"[".repeat(1_500)}1${"]".repeat(1_500)}`;
/** Wrong for every parameter that is not free text. */
const wrong = [
  "",
  "x".repeat(501),
  "\u0000",
  "a\u0000b",
  "-1",
  "0",
  "1.5",
  "1e400",
  "NaN",
  "99999999999999999999",
  "null",
  "true",
  "[object Object]",
  deepJson,
  '{"$gt":""}',
  "' OR 1=1 --",
  "2026-02-30",
  "2026-13-01T00:00:00Z",
  "yesterday or so",
  "../../../etc/passwd",
  "<script>alert(1)</script>",
  "é".repeat(600),
  "00000000-0000-0000-0000-00000000000g",
];
const freeText = new Set(["entity_type", "entity_id", "actor", "table", "type", "text", "anomaly_kind"]);
const names = Object.keys(questions) as QuestionName[];

export function badRequest(random: Random, host: string): BadRequest {
  const name = random.pick(names);
  const kind = random.pick([
    "parameter",
    "unknown",
    "repeated",
    "method",
    "path",
    "encoding",
    "host",
    "origin",
    "token",
    "long",
  ]);
  const get = (path: string, headers: Record<string, string> = {}): BadRequest => {
    return { method: "GET", path, headers: { host, ...headers } };
  };
  const asked = (query: string): string => `${fill(questions[name].path, random.pick(wrong))}${query}`;
  switch (kind) {
    case "parameter": {
      const keys = Object.keys(questions[name].input.shape).filter((key) => !freeText.has(key));
      const key = random.pick(keys.length === 0 ? ["nothing"] : keys);
      const inPath = questions[name].path.includes(`{${key}}`);
      const value = random.pick(wrong.filter((one) => !(key === "limit" && one === "") && one !== "0" && one !== ""));
      if (inPath) return get(fill(questions[name].path, value));
      return get(`${fill(questions[name].path, "7")}?${key}=${encodeURIComponent(value)}`);
    }
    case "unknown":
      return get(
        asked(`?${encodeURIComponent(random.pick(["__proto__", "constructor", "Limit", "limit[]", "\u0000", "x"]))}=1`),
      );
    case "repeated":
      return get(asked("?limit=1&limit=2"));
    case "method":
      return {
        method: random.pick(["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"]),
        path: asked(""),
        headers: { host, "content-type": "application/json" },
        body: random.pick([deepJson, "{", "\u0000", "x".repeat(200_000), JSON.stringify({ __proto__: 1 })]),
      };
    case "path":
      return get(
        random.pick(["/v2/status", "/v1/", "//", "/v1/events/1/2", "/.git/config", "/v1/status/", "/%2e%2e/etc"]),
      );
    case "encoding":
      return get(`/v1/events/${random.pick(["%", "%zz", "%c3%28", "%ed%a0%80", "%00%ff"])}`);
    case "host":
      return get("/v1/status", {
        host: random.pick(["evil.example", "127.0.0.1.evil.example", "a b", "[::2]", "x".repeat(300), "@"]),
      });
    case "origin":
      return get("/v1/status", {
        origin: random.pick(["http://evil.example", "null", "file://", "\u00ff", `http://${host}.x`]),
      });
    case "token":
      return get("/v1/status", {
        authorization: random.pick([
          "Bearer",
          "Bearer ",
          "Bearer ao_",
          `Bearer ao_${"A".repeat(43)}`,
          "Basic YTpi",
          "ao_",
          "Bearer a b",
        ]),
      });
    default:
      return get(`/v1/search?text=${"x".repeat(random.pick([8_300, 12_000, 17_000, 40_000]))}`);
  }
}

function fill(template: string, value: string): string {
  return template.replaceAll(/\{\w+\}/g, encodeURIComponent(value === "" ? "\u0000" : value));
}
