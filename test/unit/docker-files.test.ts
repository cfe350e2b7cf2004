// The files of docker/ say what the program, package.json and docs/container.md say. Whether they work is tried by `npm run try:compose`.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { configSchema, secretKeys } from "../../src/model/config.ts";
import { readSources } from "../tidy/rules.ts";

interface ComposeFile {
  services: Record<
    string,
    {
      profiles?: string[];
      environment?: Record<string, string>;
      command?: string;
      read_only?: boolean;
      cap_drop?: string[];
      ports?: string[];
      stop_grace_period?: string;
      volumes?: string[];
    }
  >;
  secrets: Record<string, { file: string }>;
}

const root = join(import.meta.dirname, "..", "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const dockerfile = read("docker/Dockerfile");
const compose = parse(read("docker/compose.yaml")) as ComposeFile;
const { services, secrets } = compose;
const overlay = services["audit-overlay"];

const settings = new Map(Object.keys(configSchema.shape).map((key) => [`AUDIT_${key.toUpperCase()}`, key]));

test("every setting that docker/ names exists", () => {
  const files = [".env", ".js", ".yaml", "Dockerfile"].flatMap((ending) => readSources(root, ["docker"], ending));
  const named = files.flatMap(({ path, text }) =>
    [...text.matchAll(/\bAUDIT_[A-Z_]+/g)].map((match) => ({ path, name: match[0] })),
  );
  expect(new Set(named.map(({ path }) => path)).size).toBeGreaterThan(3);
  expect(named.filter(({ name }) => !settings.has(name))).toEqual([]);
});

test("no secret is given as a variable or in a command line, where `docker inspect` shows it", () => {
  const secretVariables = new Set([...secretKeys].map((key) => `AUDIT_${key.toUpperCase()}`));
  const given = Object.values(services).flatMap(({ environment = {} }) => Object.keys(environment));
  const inImage = [...dockerfile.matchAll(/\b(AUDIT_[A-Z_]+)=/g)].map((match) => match[1] ?? "");
  const inEnv = readSources(root, ["docker"], ".env").flatMap(({ text }) => text.match(/^AUDIT_[A-Z_]+(?==)/gm) ?? []);
  expect([...given, ...inImage, ...inEnv].filter((name) => secretVariables.has(name))).toEqual([]);
  expect(given.filter((name) => /PASSWORD|TOKEN|SECRET|KEY/.test(name) && !name.endsWith("_FILE"))).toEqual([]);
  for (const { command = "" } of Object.values(services))
    expect(command).not.toMatch(/:\/\/[^@\s]*:[^@\s]*@|password=/);
});

test("what audit-overlay is told by default is valid", () => {
  const demo = Object.fromEntries(
    [...read("docker/demo/demo.env").matchAll(/^(AUDIT_\w+)=(.*)$/gm)].map(([, name = "", value]) => [name, value]),
  );
  const given = Object.entries({ ...demo, ...overlay?.environment }).map(([name, value]) => [
    settings.get(name),
    // `${NAME:-default}`
    String(value).replace(/^\$\{\w+:-(.*)\}$/, "$1"),
  ]);
  expect(configSchema.safeParse(Object.fromEntries(given)).error).toBeUndefined();
});

test("the image has the Node that the project is developed with, its user and its volume", () => {
  const { devDependencies, engines } = JSON.parse(read("package.json")) as Record<string, Record<string, string>>;
  const major = /^(\d+)\./.exec(devDependencies?.["node"] ?? "")?.[1];
  expect(engines?.["node"]).toBe(">=22.18");
  expect(dockerfile).toContain(`ARG NODE_IMAGE=node:${major}-bookworm-slim\n`);
  expect(read("docker/compose.yaml")).toContain(`\${NODE_IMAGE:-node:${major}-bookworm-slim}`);
  for (const line of ["USER 1000", "VOLUME /data", 'ENTRYPOINT ["auditctl"]', 'CMD ["run"]', "STOPSIGNAL SIGTERM"])
    expect(dockerfile.split("\n")).toContain(line);
  expect(dockerfile).toContain("AUDIT_STORE=/data/");
});

test("audit-overlay is confined, reached from this machine alone, and given time to end", () => {
  expect(overlay).toMatchObject({ read_only: true, cap_drop: ["ALL"], restart: "unless-stopped", init: true });
  expect(overlay?.ports).toEqual(["${PUBLISH:-127.0.0.1:8180}:8180"]);
  // What was asked is given 10 s; Docker must not kill it before.
  expect(Number(/^(\d+)s$/.exec(overlay?.stop_grace_period ?? "")?.[1])).toBeGreaterThan(10);
});

test("only the demo and the model are profiles, and every file that is mounted is there", () => {
  const profiles = Object.fromEntries(Object.entries(services).map(([name, service]) => [name, service.profiles]));
  expect(profiles).toEqual({
    "audit-overlay": undefined,
    mysql: ["demo"],
    generator: ["demo"],
    ollama: ["ai"],
    "ollama-model": ["ai"],
  });
  const mounted = Object.values(services).flatMap(({ volumes = [] }) => volumes.map((volume) => volume.split(":")[0]));
  const files = [
    ...mounted.filter((path) => path?.startsWith("./")),
    ...Object.values(secrets).map(({ file }) => /:-([\w./-]*)/.exec(file)?.[1]),
    "./demo/demo.env",
    "./replica.env",
  ];
  expect(files.filter((path) => !existsSync(join(root, "docker", path ?? "")))).toEqual([]);
});

test("what .dockerignore lets through is all that the Dockerfile copies", () => {
  const passed = read(".dockerignore").match(/(?<=^!).+$/gm) ?? [];
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap((match) => match[1]?.split(" ") ?? []);
  expect(new Set(passed)).toEqual(new Set(copied));
});

test("the image has what the package has: the program looks for its own files there, and its hints name them", () => {
  const { files } = JSON.parse(read("package.json")) as { files: string[] };
  const image = dockerfile.slice(dockerfile.lastIndexOf("\nFROM "));
  const copied = [...image.matchAll(/^COPY (?:--from=\S+ )?(.+) \S+$/gm)].map((match) => match[1] ?? "");
  const missing = files.filter((name) => !copied.some((words) => new RegExp(`(^|[ /])${name}( |$)`).test(words)));
  expect(missing).toEqual(["README.md"]);
});
