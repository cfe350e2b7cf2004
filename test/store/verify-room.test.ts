// `verify` where SQLite has no room for files of its own: a trail that is whole must not be told to be damaged.
import { expect, it } from "vitest";
import { openStore } from "../../src/store/open-store.ts";
import { changeOf, checkpointAt, gtid, now, saleOf, startLedger } from "../support/ledger.ts";
import { runAuditctlProcess } from "../support/run-auditctl.ts";
import { openSmallDisk } from "../support/small-disk.ts";
import { openTempFolder } from "../support/temp-folder.ts";

/** Each sale rests on the one before it, too. With ids of 20 KB, so that a thousand are more than SQLite keeps in memory. */
function createRestingSales(path: string, last: number): void {
  using store = openStore(path);
  startLedger(store);
  const changes = Array.from({ length: last + 1 }, (_, number) =>
    changeOf(number, 0, { entity_id: `S-${number}-${"x".repeat(20_000)}` }),
  );
  const transactions = changes.slice(1).map((change, index) => ({
    transaction_id: gtid(index + 1),
    timestamp: now,
    received_at: now,
    changes: [change],
    businessEvents: [saleOf(index + 1, index === 0 ? [change] : [changes[index]!, change])],
  }));
  store.append(transactions, checkpointAt(last), now);
}

it("a whole trail verifies though temporary files have no room", async ({ skip }) => {
  using folder = openTempFolder();
  const store = folder.file("s.db");
  createRestingSales(store, 1_000);
  using disk = openSmallDisk(folder.file("tmp"), 1);
  if (!disk.mounted) skip("this machine does not let us mount a small disk");
  const verified = await runAuditctlProcess(["verify", "--store", store], { env: { SQLITE_TMPDIR: disk.path } });
  expect(verified).toMatchObject({ status: 0, stdout: expect.stringContaining("VERIFIED") as string });
});
