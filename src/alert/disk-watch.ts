// alert: looks at the room that the store has -> what of it has to be told. Pure: takes what was told before, gives what is told now.
import type { NewAlert } from "../model/alert.ts";
import type { DiskMemory } from "../model/alert-memory.ts";
import type { DiskStatus } from "../model/trace.ts";

const dayMs = 86_400_000;
/** Told so long before; well again only a day later, so that a forecast that wavers is told once. */
const tellDays = 7;
const wellDays = tellDays + 1;
/** Told without a forecast too. */
const fewBytes = 256 * 1_048_576;

export const firstDiskMemory: DiskMemory = { told_at: null };

export function watchDisk(
  memory: DiskMemory,
  disk: DiskStatus,
  now: string,
): { memory: DiskMemory; alert: NewAlert | undefined } {
  const { free_bytes, full_at } = disk;
  const days = full_at === null ? Infinity : (Date.parse(full_at) - Date.parse(now)) / dayMs;
  if (memory.told_at === null && (days < tellDays || free_bytes < fewBytes)) {
    return { memory: { told_at: now }, alert: fillingAlert(disk, days, now) };
  }
  if (memory.told_at !== null && days > wellDays && free_bytes >= 2 * fewBytes) {
    const text = `The store's disk has room again: ${inMib(free_bytes)} free.`;
    const alert = { alert_key: `disk/well/${now}`, type: "disk.recovered", severity: "low", text } as const;
    return { memory: firstDiskMemory, alert: { ...alert, data: { ...disk } } };
  }
  return { memory, alert: undefined };
}

function fillingAlert(disk: DiskStatus, days: number, now: string): NewAlert {
  const when =
    days === Infinity
      ? ""
      : `, at the pace of the last days full in ${days < 2 ? `${Math.floor(days * 24)} h` : `${Math.floor(days)} days`}`;
  return {
    alert_key: `disk/filling/${now}`,
    type: "disk.filling",
    severity: days < 1 || disk.free_bytes < fewBytes ? "high" : "medium",
    text: `The store's disk has ${inMib(disk.free_bytes)} free${when}. When it is full, capture stops.`,
    data: { ...disk },
  };
}

function inMib(bytes: number): string {
  return `${Math.floor(bytes / 1_048_576).toLocaleString("en-US")} MiB`;
}
