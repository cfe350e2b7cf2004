// The national holidays of Peru as data: takes a date, says whether it is one and whether shops stay shut.
// By law: Decreto Legislativo 713 with Leyes 31381, 31530, 31788 and 31822.

/** Month and day of those that never move. The first list is days on which no branch opens; the others are short. */
const shutDays: ReadonlySet<string> = new Set([
  "01-01", // Año Nuevo
  "05-01", // Día del Trabajo
  "07-28", // Fiestas Patrias
  "12-25", // Navidad
]);
const shortDays: ReadonlySet<string> = new Set([
  "06-07", // Batalla de Arica
  "06-29", // San Pedro y San Pablo
  "07-23", // Fuerza Aérea
  "07-29", // Fiestas Patrias
  "08-06", // Batalla de Junín
  "08-30", // Santa Rosa de Lima
  "10-08", // Combate de Angamos
  "11-01", // Todos los Santos
  "12-08", // Inmaculada Concepción
  "12-09", // Batalla de Ayacucho
]);

export type Holiday = "shut" | "short" | null;

/** @param date "2026-07-28" */
export function holidayOn(date: string): Holiday {
  const monthDay = date.slice(5);
  if (shutDays.has(monthDay)) return "shut";
  return shortDays.has(monthDay) || isHolyDay(date) ? "short" : null;
}

/** Jueves Santo and Viernes Santo: three and two days before Easter. */
function isHolyDay(date: string): boolean {
  const daysBefore = (easterMs(Number(date.slice(0, 4))) - Date.parse(`${date}T00:00:00Z`)) / 86_400_000;
  return daysBefore === 3 || daysBefore === 2;
}

/** Easter Sunday of the Gregorian calendar, midnight UTC: the algorithm of Meeus, Jones and Butcher. */
function easterMs(year: number): number {
  const floor = Math.floor;
  const golden = year % 19;
  const century = floor(year / 100);
  const yearOfCentury = year % 100;
  const shift = floor((century - floor((century + 8) / 25) + 1) / 3);
  const epact = (19 * golden + century - floor(century / 4) - shift + 15) % 30;
  const weekday = (32 + 2 * (century % 4) + 2 * floor(yearOfCentury / 4) - epact - (yearOfCentury % 4)) % 7;
  const late = floor((golden + 11 * epact + 22 * weekday) / 451);
  const days = epact + weekday - 7 * late + 114;
  return Date.UTC(year, floor(days / 31) - 1, (days % 31) + 1);
}
