// A moment as a clock on the wall of a time zone shows it, and back. Zones are IANA names.

const formats = new Map<string, Intl.DateTimeFormat>();

/** @throws RangeError for a name that is no zone, which `isTimeZone` tells before */
function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    const two = "2-digit";
    const fields = { month: two, day: two, hour: two, minute: two, second: two } as const;
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      ...fields,
    });
    formats.set(zone, format);
  }
  return format;
}

/** The zone of this process: TZ, else the machine's. */
export function localZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** UTC by any of its names. */
export function isUtc(zone: string): boolean {
  return /^(etc\/)?(utc|uct|gmt|zulu|universal|greenwich|gmt[+-]?0)$/i.test(zone);
}

/** Milliseconds since 1970 -> `2026-01-05 09:31:12` on the wall. */
export function wallTime(epochMs: number, zone: string): string {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(epochMs)
      .map(({ type, value }) => [type, value]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? "";
  return `${part("year").padStart(4, "0")}-${part("month")}-${part("day")} ${part("hour")}:${part("minute")}:${part("second")}`;
}

/**
 * `2026-01-05 09:31:12` on the wall -> milliseconds since 1970. Where the clock was put back and a time comes twice, the first
 * one; where it was put forward over a time, the moment as long after the change as the time is.
 */
export function fromWallTime(wall: string, zone: string): number {
  const asUtc = Date.parse(`${wall.replace(" ", "T")}Z`);
  const offset = (at: number): number =>
    Date.parse(`${wallTime(at, zone).replace(" ", "T")}Z`) - Math.floor(at / 1_000) * 1_000;
  // No zone is more than a day off, and none changes twice in two days.
  const dayMs = 86_400_000;
  const candidates = [offset(asUtc - dayMs), offset(asUtc + dayMs)].map((ms) => asUtc - ms);
  const exact = candidates.filter((at) => at + offset(at) === asUtc);
  return exact.length > 0 ? Math.min(...exact) : Math.max(...candidates);
}
