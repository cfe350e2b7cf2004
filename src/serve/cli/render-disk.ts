// serve/cli: the room that the store has -> a line for a terminal. Red when it will be full within a week.
import type { DiskStatus } from "../../model/trace.ts";
import type { Voice } from "./voice.ts";

const dayMs = 86_400_000;
const soonDays = 7;

export function renderDisk(
  { free_bytes, store_bytes, bytes_per_day, full_at }: DiskStatus,
  { words, number, paint, time }: Voice,
): string {
  const size = (bytes: number): string => inWords(bytes, number);
  const growth = bytes_per_day === null ? "" : words.status.growth(size(bytes_per_day));
  const room = `${words.status.free(size(free_bytes), size(store_bytes))}${growth}`;
  if (full_at === null) return room;
  const days = Math.max(0, Math.floor((Date.parse(full_at) - Date.now()) / dayMs));
  const line = `${room}${words.status.fullAt(number(days), time(full_at).slice(0, 10))}`;
  return days < soonDays ? paint("red", line) : line;
}

const units = ["KiB", "MiB", "GiB", "TiB"];

function inWords(bytes: number, number: (value: number) => string): string {
  let value = bytes / 1_024;
  let unit = 0;
  for (; value >= 1_024 && unit < units.length - 1; unit += 1) value /= 1_024;
  return `${number(value < 10 ? Math.round(value * 10) / 10 : Math.round(value))} ${units[unit]}`;
}
