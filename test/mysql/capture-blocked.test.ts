// Events that must not be guessed at stop capture before them, in plain words: partial JSON updates. What came before is kept and verifies; a restart stops at the same place.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalServer, openLocalServer } from "../../scripts/mysql.ts";
import type { ErrorCode } from "../../src/model/app-error.ts";
import { runToEnd, shownError, startRun } from "../support/run-capture.ts";
import { openSource } from "../support/source.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { readEvents, readStatus, verifyStore, waitUntilStored } from "../support/trail.ts";

interface Blocker {
  what: string;
  statements: readonly string[];
  code: ErrorCode;
  exit: number;
  state: "BLOCKED";
  message: RegExp;
  hint: RegExp;
}

const undecodable = { code: "capture.undecodable", exit: 9, state: "BLOCKED" } as const;
const blockers: readonly Blocker[] = [
  {
    ...undecodable,
    what: "a partial JSON update",
    statements: [
      "SET SESSION binlog_row_value_options = 'PARTIAL_JSON'",
      "UPDATE item SET body = JSON_SET(body, '$.a', 2) WHERE id = 1",
    ],
    message: /^the log holds a partial JSON update, which is not decoded$/,
    hint: /binlog_row_value_options = ''/,
  },
];

// MariaDB logs nothing of the kind.
describe("capture from mysql", () => {
  let server: LocalServer;
  beforeAll(async () => {
    server = await openLocalServer("mysql");
  });
  afterAll(async () => {
    await server?.stop();
  });

  it.for(blockers)("stops before $what", async (blocker) => {
    using folder = openTempFolder();
    const store = folder.file("s.db");
    await using source = await openSource("mysql", server);
    await using running = await startRun(server, store);
    await source.run(
      "CREATE TABLE item (id INT PRIMARY KEY, body JSON)",
      'INSERT INTO item VALUES (1, \'{"a": 1, "b": "long enough to be worth it"}\')',
    );
    const whole = (await waitUntilStored(source, store)).checkpoint?.gtid_set;
    await source.run(...blocker.statements);
    const result = await running.ended;
    expect(result).toMatchObject({ status: blocker.exit });
    const error = shownError(result);
    expect(error).toMatchObject({ code: blocker.code });
    expect(error.message).toMatch(blocker.message);
    expect(error.hint).toMatch(blocker.hint);
    expect(result.stderr).not.toMatch(/\n\s+at /);
    const status = readStatus(store);
    expect(status?.capture).toMatchObject({
      state: blocker.state,
      reason: expect.stringMatching(blocker.message) as string,
      hint: expect.stringMatching(blocker.hint) as string,
    });
    expect(status?.checkpoint?.gtid_set).toBe(whole);
    expect(readEvents(store, source.database).map(({ operation }) => operation)).toEqual(["ddl", "insert"]);
    expect(verifyStore(store)).toMatchObject({ ok: true, faults: [] });

    const again = await runToEnd(server, store);
    expect(again.status).toBe(blocker.exit);
    expect(readStatus(store)?.checkpoint?.gtid_set).toBe(whole);
    expect(readEvents(store, source.database)).toHaveLength(2);
  });
});
