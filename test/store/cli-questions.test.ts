// The commands that ask the trail, as a user runs them: words on a terminal's width, JSON as the question table has it,
// errors with hints, following a trail that grows, and completion in a real shell.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type QuestionName, questions } from "../../src/model/question.ts";
import { createCli } from "../../src/serve/cli/cli.ts";
import { loadAllCommands } from "../../src/serve/cli/command-families.ts";
import { completionScript } from "../../src/serve/cli/completion.ts";
import { openStore } from "../../src/store/open-store.ts";
import { checkpointAt, createLedgerFile, now, transactionOf } from "../support/ledger.ts";
import { runAuditctl, runAuditctlProcess, startAuditctl } from "../support/run-auditctl.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { waitFor } from "../support/wait-for.ts";

const folder = openTempFolder();
const store = folder.file("shop.db");
beforeAll(() => createLedgerFile(store, 12));
afterAll(() => folder[Symbol.dispose]());

/** Standard output of a command that succeeds. */
async function run(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  // A process has the zone with which it started.
  const start = env["TZ"] === undefined ? runAuditctl : runAuditctlProcess;
  const { status, stdout, stderr } = await start([...args, "--store", store], { env });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout;
}

async function fail(args: readonly string[]): Promise<{ status: number | null; stderr: string }> {
  const { status, stdout, stderr } = await runAuditctl([...args, "--store", store]);
  expect(stdout).toBe("");
  return { status, stderr };
}

describe("answers in JSON", () => {
  it.for([
    ["events", ["events", "list", "--type", "sale.*", "--limit", "3"], 3],
    ["events", ["events", "--changes", "--table", "stock", "--limit", "2"], 2],
    ["trace", ["trace", "sale", "S-3"], undefined],
    ["entity_state", ["trace", "sale", "S-3", "--at", "2026-03-02"], undefined],
    ["summary", ["summary", "--date", "2026-03-01"], undefined],
    ["anomalies", ["anomalies", "--start", "2026-01-01", "--severity", "high"], 0],
    ["status", ["status"], undefined],
    ["search", ["search", "12.50"], 1],
    ["search", ["search", "P-1 shop", "--changes", "--limit", "2"], 2],
    ["search", ["search", '%\' OR "x"*'], 0],
    ["explain", ["explain", transactionOf(3).businessEvents[0]?.business_event_id ?? ""], undefined],
  ] as const)("have the shape of the question %s: %s", async ([name, args, items]) => {
    const answer = JSON.parse(await run([...args, "--json"])) as { items?: unknown[] };
    expect(questions[name as QuestionName].output.safeParse(answer)).toMatchObject({ success: true });
    expect(answer.items?.length).toBe(items);
  });

  it("show an event by its id, and say in UTC what a zone is asked for", async () => {
    const [sale] = transactionOf(3).businessEvents;
    const text = await run(["events", "show", sale!.business_event_id, "--json", "--zone", "America/Lima"], {
      LANG: "es_PE.UTF-8",
    });
    expect(JSON.parse(text)).toMatchObject({
      event: { kind: "business_event", timestamp: now },
      business_event_ids: [],
    });
  });
});

describe("answers in words", () => {
  it("fit the terminal, in the user's zone and language", async () => {
    const args = ["events", "list", "--entity-id", "S-12"];
    expect(await run(args, { COLUMNS: "100" })).toMatchInlineSnapshot(`
      "time                  type            entity     actor  what it says
      2026-03-01 12:00:00Z  sale.completed  sale S-12         total 12.50 · lines 1

      rests on 12 transactions since 2026-03-01 12:00:00Z, no gaps
      "
    `);
    expect(await run(args, { COLUMNS: "60", TZ: "America/Lima", LC_ALL: "es_PE.UTF-8" })).toMatchInlineSnapshot(`
      "hora                 tipo          entidad    autor  qué dice
      2026-03-01 07:00:00  sale.comple…  sale S-12         total 12.50…

      se apoya en 12 transacciones desde 2026-03-01 07:00:00, sin huecos
      horas de America/Lima
      "
    `);
    expect(await run([...args, "--zone", "Asia/Tokyo", "--lang", "es"], { COLUMNS: "60" })).toContain(
      "horas de Asia/Tokyo",
    );
  });

  it("take days as the user's zone has them, an end day whole", async () => {
    // 12:00 UTC of 1 March is 07:00 in Lima, and 01:00 of 2 March in Auckland.
    const count = async (zone: string, ...range: string[]): Promise<number> => {
      const text = await run(["events", "--json", "--zone", zone, ...range]);
      return (JSON.parse(text) as { items: unknown[] }).items.length;
    };
    expect(await count("America/Lima", "--start", "2026-03-01", "--end", "2026-03-01")).toBe(12);
    expect(await count("America/Lima", "--start", "2026-03-02")).toBe(0);
    expect(await count("Pacific/Auckland", "--start", "2026-03-02", "--end", "2026-03-02")).toBe(12);
    expect(await count("UTC", "--start", "2026-03-01 12:00", "--end", "2026-03-01 12:01")).toBe(12);
    expect(await count("UTC", "--end", "2026-03-01 12:00")).toBe(0);
  });

  it("show an entity as it was", async () => {
    expect(await run(["trace", "sale", "S-3", "--at", "2026-03-01 12:00"])).toMatchInlineSnapshot(`
      "sale S-3 as it was at 2026-03-01 12:00:00Z

      shop.sales 3
          id     3
          total  3.50
          last change: insert at 2026-03-01 12:00:00Z, by user clerk-0

      rests on 12 transactions since 2026-03-01 12:00:00Z, no gaps
      "
    `);
  });

  it("tell the facts of a day", async () => {
    expect(await run(["summary", "--date", "2026-03-01"], { AUDIT_LANG: "es" })).toMatchInlineSnapshot(`
      "2026-03-01 en UTC

      El domingo 1 de marzo de 2026 no consta ninguna anomalía.

      Hubo 12 transacciones con 26 cambios de fila y 12 eventos de negocio; no hay una semana anterior con
      la que comparar. Todo se confirmó a las 12:00 (UTC).

      Todos los eventos fueron sale.completed (12 veces).

      Ninguna regla explica 2 de los 26 cambios de fila, en shop.prices. El registro empieza este día a
      las 12:00; lo anterior no está en él. El registro no tiene aún nada posterior a las 12:00, así que
      puede faltar parte de este día; se compara con días enteros. Este día no se anotó ningún hueco.

      redactado por reglas; para esta respuesta

      12 transacciones, 26 eventos de cambio, 12 eventos de negocio
      2 cambios que ninguna regla explica

      por tipo
      tipo            número  una semana antes  total
      sale.completed      12                 –

      por autor
      autor        número
      desconocido      12

      entidades más activas
      entidad    número
      sale S-1        1
      sale S-10       1
      sale S-11       1
      sale S-12       1
      sale S-2        1
      sale S-3        1
      sale S-4        1
      sale S-5        1
      sale S-6        1
      sale S-7        1
      sale S-8        1
      sale S-9        1

      por tabla
      tabla               número
      update shop.prices       2
      insert shop.sales       12
      update shop.stock       12

      se apoya en 12 transacciones desde 2026-03-01 12:00:00Z, sin huecos
      "
    `);
  });

  it("suggest the name that was meant where nothing is found", async () => {
    expect(await run(["events", "--type", "sale.complete"])).toContain(
      "hint: --type sale.complete; did you mean `sale.completed`?",
    );
    expect((await fail(["trace", "sales", "S-1"])).stderr).toContain(
      "about sales S-1; did you mean `sale`? [trace.not_found]",
    );
  });
});

describe("errors", () => {
  it.for([
    [["events", "--start", "tomorow"], 2, "error --start tomorow: is not a time [usage.argument]"],
    [["events", "--start", "today", "--end", "yesterday"], 2, "the range is empty"],
    [["events", "--limit", "0"], 2, "--limit 0: must be a whole number from 1 to 1000"],
    [["events", "--cursor", "x"], 2, "[usage.query]"],
    [["events", "--zone", "Mars/Olympus"], 2, "setting zone: must be the name of a time zone"],
    [["events", "--lang", "tlh"], 2, "setting lang"],
    [["events", "show", "12"], 2, "[usage.query]"],
    [["events", "show", "5692b516-e389-570b-8642-53a04c1f1aed"], 8, "[trace.not_found]"],
    [["trace", "sale", "S-1", "--at", "today", "--limit", "3"], 2, "--at shows one moment"],
    [["anomalies", "--severity", "huge"], 2, "--severity huge: must be one of low, medium, high"],
    [["summary", "--date", "2026-02-30"], 2, "--date 2026-02-30: is not a time"],
    [["completion", "tcsh"], 2, "no completion for tcsh"],
  ] as const)("%s", async ([args, status, words]) => {
    const failed = await fail(args);
    expect(failed.stderr).toContain(words);
    expect(failed.stderr).toContain("\nhint: ");
    expect(failed.status).toBe(status);
  });
});

describe("events tail", () => {
  it("shows the newest, then what is stored meanwhile, each once, until Ctrl-C", async () => {
    const path = folder.file("growing.db");
    createLedgerFile(path, 3);
    await using tail = startAuditctl(["events", "tail", "--lines", "2", "--json", "--store", path]);
    const ids = (): string[] =>
      tail
        .stdout()
        .split("\n")
        .slice(0, -1)
        .map((line) => (JSON.parse(line) as { entity_id: string }).entity_id);
    await waitFor("the newest two", () => ids().length === 2);
    {
      using writer = openStore(path);
      for (const number of [4, 5]) writer.append([transactionOf(number)], checkpointAt(number), now);
    }
    await waitFor("two more", () => ids().length === 4);
    tail.child.kill("SIGINT");
    expect(await tail.ended).toMatchObject({ status: 0, stderr: "" });
    expect(ids()).toEqual(["S-2", "S-3", "S-4", "S-5"]);
  });

  it("ends at once where it is told to", async () => {
    const text = await run(["events", "tail", "--no-follow", "-n", "1", "--operation", "insert"]);
    expect(text).toBe("2026-03-01 12:00:00Z  insert sales  sale S-12  user clerk-0  total 12.50\n");
  });
});

describe("config show", () => {
  it("tells where each setting came from, and no secret", async () => {
    const content = "host: db.example.com\nport: 3307\npassword: s3cret\n";
    writeFileSync(folder.file("audit-overlay.yaml"), content, { mode: 0o600 });
    const { status, stdout } = await runAuditctlProcess(["config", "show", "--store", "x.db", "--json"], {
      cwd: folder.path,
      env: { AUDIT_PORT: "3308", AUDIT_TOKEN: "ao_t0ken" },
    });
    expect(status).toBe(0);
    expect(stdout).not.toMatch(/s3cret|t0ken/);
    const { settings } = JSON.parse(stdout) as { settings: { setting: string; value: unknown; origin: string }[] };
    const shown = new Map(settings.map(({ setting, value, origin }) => [setting, [value, origin]]));
    expect(shown.get("store")).toEqual(["x.db", "--store"]);
    expect(shown.get("host")).toEqual(["db.example.com", "audit-overlay.yaml"]);
    expect(shown.get("port")).toEqual([3308, "AUDIT_PORT"]);
    expect(shown.get("password")).toEqual(["[set]", "audit-overlay.yaml"]);
    expect(shown.get("token")).toEqual(["[set]", "AUDIT_TOKEN"]);
    expect(shown.get("user")).toEqual(["audit_overlay", "default"]);
  });
});

describe("completion", () => {
  /** What bash offers for a line, as it asks when Tab is pressed. */
  const offered = (script: string, line: string): string[] => {
    const words = line.split(" ");
    const list = words.map((word) => `'${word}'`).join(" ");
    const ask = `${script}\nCOMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _auditctl; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync("bash", ["--norc", "-c", ask], { encoding: "utf8" }).split("\n").filter(Boolean);
  };

  it("offers commands, their second words and their flags in bash", async () => {
    const script = await run(["completion", "bash"]);
    expect(offered(script, "auditctl ev")).toEqual(["events"]);
    expect(offered(script, "auditctl events ")).toEqual(["list", "show", "tail"]);
    expect(offered(script, "auditctl rules ex")).toEqual(["explain"]);
    expect(offered(script, "auditctl events list --ac")).toEqual(["--actor"]);
    expect(offered(script, "auditctl export --f")).toEqual(["--from", "--format", "--force"]);
    expect(offered(script, "auditctl trace sale 1 --at")).toEqual(["--at"]);
    expect(offered(script, "auditctl export --out ev")).toEqual([]);
    const all = offered(script, "auditctl ");
    for (const { path } of createCli(await loadAllCommands()).definitions())
      expect([...all, ""]).toContain(path.split(" ")[1]?.replace(/^-.*/, "") ?? "");
  });

  it("is written for zsh and fish too, and quotes what they would take for code", async () => {
    expect(await run(["completion", "zsh"])).toContain("bashcompinit");
    const fish = await run(["completion", "fish"]);
    expect(fish).toContain("complete -c auditctl -f -n '__fish_use_subcommand' -a trace");
    const hostile = [{ words: "x", description: "it's $(rm -rf) \\", flags: [] }];
    expect(completionScript("fish", hostile)).toContain("-d 'it\\'s $(rm -rf) \\\\'");
  });
});
