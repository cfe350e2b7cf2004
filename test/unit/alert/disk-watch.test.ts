// A disk that fills up is told once, and once that it has room again, however the forecast wavers.
import { expect, it } from "vitest";
import { firstDiskMemory, watchDisk } from "../../../src/alert/disk-watch.ts";
import { toTimestamp } from "../../../src/lib/clock.ts";
import { noonMs } from "../../support/alerts.ts";

const dayMs = 86_400_000;
const mib = 1_048_576;

/** Looks one minute apart. @param looks days until the disk is full (null: no forecast), and MiB free */
function told(looks: readonly (readonly [days: number | null, freeMib: number])[]): string[] {
  let memory = firstDiskMemory;
  return looks.flatMap(([days, freeMib], minute) => {
    const nowMs = noonMs + minute * 60_000;
    const full_at = days === null ? null : toTimestamp(nowMs + days * dayMs);
    const disk = { free_bytes: freeMib * mib, store_bytes: mib, bytes_per_day: days === null ? null : mib, full_at };
    const next = watchDisk(memory, disk, toTimestamp(nowMs));
    memory = JSON.parse(JSON.stringify(next.memory)) as typeof memory;
    return next.alert === undefined ? [] : [`${minute} ${next.alert.type} ${next.alert.severity} ${next.alert.text}`];
  });
}

it("says nothing of a disk with room, nor of one without a forecast", () =>
  expect(
    told([
      [400, 9_000],
      [null, 9_000],
      [7.1, 9_000],
    ]),
  ).toEqual([]));

it("tells once that a disk fills up, and once that it has room, though the forecast wavers between", () =>
  expect(
    told([
      [9, 9_000],
      [6.9, 9_000],
      [7.5, 9_000],
      [6.5, 9_000],
      [8.5, 9_000],
      [6.9, 9_000],
    ]),
  ).toEqual([
    "1 disk.filling medium The store's disk has 9,000 MiB free, at the pace of the last days full in 6 days. When it is full, capture stops.",
    "4 disk.recovered low The store's disk has room again: 9,000 MiB free.",
    "5 disk.filling medium The store's disk has 9,000 MiB free, at the pace of the last days full in 6 days. When it is full, capture stops.",
  ]));

it("tells of the last MiB without a forecast, and of the last day, as urgent", () => {
  expect(
    told([
      [null, 255],
      [null, 300],
      [null, 512],
    ]),
  ).toEqual([
    "0 disk.filling high The store's disk has 255 MiB free. When it is full, capture stops.",
    "2 disk.recovered low The store's disk has room again: 512 MiB free.",
  ]);
  expect(told([[0.5, 9_000]])[0]).toContain(
    "disk.filling high The store's disk has 9,000 MiB free, at the pace of the last days full in 12 h",
  );
});
