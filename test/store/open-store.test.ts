// Opening a store: new, known, newer, foreign, damaged, missing, in use, and in a folder that cannot be written.
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { AppError } from "../../src/model/app-error.ts";
import { openFindings } from "../../src/store/findings-store.ts";
import { openStore, openStoreReader } from "../../src/store/open-store.ts";
import { openSearchIndexer } from "../../src/store/search-indexer.ts";
import { openServiceStore } from "../../src/store/service-store.ts";
import { checkpointAt, createLedgerFile, now, startLedger, tamper, transactionOf } from "../support/ledger.ts";
import { startStoreProcess } from "../support/store-process.ts";
import { openTempFolder } from "../support/temp-folder.ts";

const opens = { writer: openStore, reader: openStoreReader };

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
  return "no error";
}

function listTables(path: string): string[] {
  using stack = new DisposableStack();
  const db = stack.adopt(new Database(path, { readonly: true }), (open) => open.close());
  return db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
}

describe("a store", () => {
  it("is created with its folder, migrated and marked as ours", () => {
    using folder = openTempFolder();
    const path = folder.file("deep/er/store.db");
    openStore(path)[Symbol.dispose]();
    const db = new Database(path, { readonly: true });
    expect(db.pragma("user_version", { simple: true })).toBe(1);
    expect(db.pragma("application_id", { simple: true })).toBe(0x41554f56);
    expect(db.pragma("journal_mode", { simple: true })).toBe("wal");
    db.close();
  });

  it("holds after reopening what was in it, and goes on from there", () => {
    using folder = openTempFolder();
    const path = folder.file("store.db");
    createLedgerFile(path, 3);
    {
      using store = openStore(path);
      expect(store.checkpoint()).toMatchObject(checkpointAt(3));
      expect(store.source()).toMatchObject({ flavor: "mysql", client_id: 123_456, address: "db:3306" });
      expect(store.append([transactionOf(4)], checkpointAt(4), now)).toBe(1);
    }
    using reader = openStoreReader(path);
    expect(reader.verify()).toMatchObject({ ok: true, entries: 5 });
  });

  it("can be read while it is written", () => {
    using folder = openTempFolder();
    createLedgerFile(folder.file("store.db"), 1);
    using writer = openStore(folder.file("store.db"));
    using reader = openStoreReader(folder.file("store.db"));
    expect(reader.status().coverage?.transactions).toBe(1);
    expect(writer.checkpoint()).toMatchObject(checkpointAt(1));
  });
});

describe("the files of a store", () => {
  it("are one when its writer has closed it, though somebody reads it still", () => {
    using folder = openTempFolder();
    const [path, alone] = [folder.file("store.db"), folder.file("alone.db")];
    createLedgerFile(path, 3);
    using reader = openStoreReader(path);
    expect(reader.status().coverage?.transactions).toBe(3);
    {
      using store = openStore(path);
      store.append([transactionOf(4)], checkpointAt(4), now);
    }
    copyFileSync(path, alone);
    using copied = openStoreReader(alone);
    expect(copied.status().coverage?.transactions).toBe(4);
    expect(statSync(`${path}-wal`).size).toBe(0);
  });

  it("are their owner's alone, whatever the umask; a mode that somebody widened stays", () => {
    using folder = openTempFolder();
    const path = folder.file("store.db");
    const modes = (): string[] => {
      const files = readdirSync(dirname(path)).sort();
      return files.map((file) => `${file} ${(statSync(join(dirname(path), file)).mode & 0o777).toString(8)}`);
    };
    using stack = new DisposableStack();
    stack.adopt(process.umask(0o022), (before) => process.umask(before));
    {
      using store = openStore(path);
      startLedger(store);
      using service = openServiceStore(path);
      using findings = openFindings(path);
      using indexer = openSearchIndexer(path);
      expect([service, findings, indexer]).toHaveLength(3);
      expect(modes().length).toBeGreaterThan(8);
      expect(modes().filter((mode) => !mode.endsWith(" 600"))).toEqual([]);
    }
    chmodSync(path, 0o640);
    using again = openStore(path);
    expect(again.checkpoint()).toBeDefined();
    expect(modes()).toContain("store.db 640");
  });
});

describe("a file that is no store of ours", () => {
  it.each(["writer", "reader"] as const)(
    "of a newer version is refused by a %s and stays byte for byte as it is",
    (who) => {
      using folder = openTempFolder();
      const path = folder.file("store.db");
      createLedgerFile(path, 2);
      const db = new Database(path);
      db.pragma("user_version = 99");
      db.close();
      const before = readFileSync(path);
      expect(codeOf(() => opens[who](path))).toBe("store.newer");
      expect(readFileSync(path).equals(before)).toBe(true);
    },
  );

  it.each(["writer", "reader"] as const)("but of another program is refused by a %s and stays as it is", (who) => {
    using folder = openTempFolder();
    const path = folder.file("photos.db");
    const db = new Database(path);
    db.exec("CREATE TABLE photo (id INTEGER PRIMARY KEY)");
    db.close();
    const before = readFileSync(path);
    expect(codeOf(() => opens[who](path))).toBe("store.damaged");
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it.each(["writer", "reader"] as const)("but text is refused by a %s and stays as it is", (who) => {
    using folder = openTempFolder();
    const path = folder.file("letter.txt");
    writeFileSync(path, "Dear auditor, ".repeat(500));
    expect(codeOf(() => opens[who](path))).toBe("store.damaged");
    expect(readFileSync(path, "utf8")).toBe("Dear auditor, ".repeat(500));
  });

  it("but one with a table taken out is called damaged", () => {
    using folder = openTempFolder();
    createLedgerFile(folder.file("store.db"), 2);
    tamper(folder.file("store.db"), "DROP VIEW canonical_event", "DROP TABLE business_event_change");
    expect(codeOf(() => openStoreReader(folder.file("store.db")))).toBe("store.damaged");
    expect(codeOf(() => openStore(folder.file("store.db")))).toBe("store.damaged");
  });

  it("and so is one for reading, whichever table it is", () => {
    using folder = openTempFolder({ small: true });
    openStore(folder.file("whole.db"))[Symbol.dispose]();
    const tables = listTables(folder.file("whole.db"));
    expect(tables.length).toBeGreaterThan(10);
    for (const table of tables) {
      const path = folder.file(`${table}.db`);
      copyFileSync(folder.file("whole.db"), path);
      tamper(path, `DROP TABLE ${table}`);
      expect([table, codeOf(() => openStoreReader(path))]).toEqual([table, "store.damaged"]);
    }
  });

  it("but one with an index taken out that we name is called damaged, not a write that failed", () => {
    using folder = openTempFolder();
    createLedgerFile(folder.file("store.db"), 2);
    tamper(folder.file("store.db"), "DROP INDEX ledger_entry_note");
    expect(codeOf(() => openStoreReader(folder.file("store.db")).status())).toBe("store.damaged");
  });

  it("cut in the middle is called damaged or does not verify", () => {
    using folder = openTempFolder();
    const path = folder.file("store.db");
    createLedgerFile(path, 30);
    const bytes = readFileSync(path);
    for (let pages = 1; pages * 4096 < bytes.length; pages += 3) {
      writeFileSync(path, bytes.subarray(0, pages * 4096));
      let found: string;
      try {
        using reader = openStoreReader(path);
        found = reader.verify().ok ? "verified" : "did not verify";
      } catch (error) {
        found = (error as AppError).code;
      }
      expect(["store.damaged", "did not verify"]).toContain(found);
    }
  });
});

describe("a path", () => {
  it("where nothing is, is missing to a reader, and stays empty", () => {
    using folder = openTempFolder();
    expect(codeOf(() => openStoreReader(folder.file("none.db")))).toBe("store.missing");
    expect(existsSync(folder.file("none.db"))).toBe(false);
  });

  it("of an empty file is missing to a reader, and a new store to a writer", () => {
    using folder = openTempFolder();
    writeFileSync(folder.file("store.db"), "");
    expect(codeOf(() => openStoreReader(folder.file("store.db")))).toBe("store.missing");
    expect(codeOf(() => openStore(folder.file("store.db"))[Symbol.dispose]())).toBe("no error");
  });

  it("that is a folder is refused", () => {
    using folder = openTempFolder();
    mkdirSync(folder.file("store.db"));
    expect(codeOf(() => openStore(folder.file("store.db")))).toBe("store.missing");
    expect(codeOf(() => openStoreReader(folder.file("store.db")))).toBe("store.missing");
  });

  it("below a file, where no folder can be, is refused with a hint", () => {
    using folder = openTempFolder();
    writeFileSync(folder.file("file"), "");
    expect(codeOf(() => openStore(folder.file("file/store.db")))).toBe("store.write_failed");
  });

  it("in a folder that may not be written is refused, and nothing appears in it", async () => {
    using folder = openTempFolder();
    chmodSync(folder.path, 0o555);
    // The superuser may write everywhere: then the program runs as nobody.
    await using child = startStoreProcess(
      "open",
      folder.file("store.db"),
      process.getuid?.() === 0 ? { userId: 65_534 } : {},
    );
    expect(await child.ended).toEqual(["store.missing"]);
    expect(existsSync(folder.file("store.db"))).toBe(false);
    chmodSync(folder.path, 0o755);
  });
});

describe("a store in use", () => {
  it("by another process is refused to a second writer, though not to a reader", async () => {
    using folder = openTempFolder();
    const path = folder.file("store.db");
    await using child = startStoreProcess("hold", path);
    expect(await child.nextLine()).toBe(`holding ${path}`);
    expect(codeOf(() => openStore(path))).toBe("store.in_use");
    expect(codeOf(() => openStoreReader(path)[Symbol.dispose]())).toBe("no error");
  });

  it("is free at once when that process is killed", async () => {
    using folder = openTempFolder();
    const path = folder.file("store.db");
    await using child = startStoreProcess("hold", path);
    await child.nextLine();
    await child.kill();
    expect(codeOf(() => openStore(path)[Symbol.dispose]())).toBe("no error");
  });

  it("is free when that process ends in peace", async () => {
    using folder = openTempFolder();
    const path = folder.file("store.db");
    await using child = startStoreProcess("hold", path);
    await child.nextLine();
    child.child.stdin?.end();
    await child.ended;
    expect(codeOf(() => openStore(path)[Symbol.dispose]())).toBe("no error");
  });

  it("by this very process is refused as well, and the first writer goes on", () => {
    using folder = openTempFolder();
    const path = folder.file("store.db");
    createLedgerFile(path, 1);
    using store = openStore(path);
    expect(codeOf(() => openStore(path))).toBe("store.in_use");
    expect(store.append([transactionOf(2)], checkpointAt(2), now)).toBe(1);
  });

  it("leaves no lock behind when opening fails", () => {
    using folder = openTempFolder();
    const path = folder.file("store.db");
    createLedgerFile(path, 1);
    const version = (number: number): void => {
      const db = new Database(path);
      db.pragma(`user_version = ${number}`);
      db.close();
    };
    version(99);
    expect(codeOf(() => openStore(path))).toBe("store.newer");
    version(1);
    expect(codeOf(() => openStore(path)[Symbol.dispose]())).toBe("no error");
  });
});
