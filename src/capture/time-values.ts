// capture: dates and times in a row image -> the server's own text, all digits, TIMESTAMP in UTC. No Date of JavaScript
// is asked but for the days of TIMESTAMP: zero dates, partial dates and hours beyond 24 are values like any other.
// Source: mysys/my_time.cc, my_datetime_packed_from_binary and its kin.
import { type ByteCursor, MalformedBytes } from "./byte-cursor.ts";
import type { ReadValue } from "./number-values.ts";

export function readDate(cursor: ByteCursor): string {
  const raw = cursor.uint(3);
  return dateText(raw >> 9, (raw >> 5) & 15, raw & 31);
}

export function readYear(cursor: ByteCursor): number {
  const raw = cursor.uint8();
  return raw === 0 ? 0 : 1900 + raw;
}

/** 40 bits: sign, year * 13 + month in 17, day 5, hour 5, minute 6, second 6; then the fraction. */
export function datetimeReader(digits: number): ReadValue {
  const fraction = fractionReader(digits);
  return (cursor) => {
    const high = cursor.uintBE(3);
    const low = cursor.uintBE(2);
    if (high < 0x80_0000) throw new MalformedBytes("a DATETIME before the year 0");
    const yearMonth = (high >> 6) & 0x1_ffff;
    const date = dateText(Math.floor(yearMonth / 13), yearMonth % 13, (high >> 1) & 31);
    return `${date} ${clockText(((high & 1) << 4) | (low >> 12), (low >> 6) & 63, low & 63)}${fraction(cursor)}`;
  };
}

const secondsPerDay = 86_400;

/** Seconds since 1970 in UTC, big-endian; 0 is the zero date. */
export function timestampReader(digits: number): ReadValue {
  const fraction = fractionReader(digits);
  let lastDay = -1;
  let lastText = "";
  return (cursor) => {
    const seconds = cursor.uintBE(4);
    if (seconds === 0) return `0000-00-00 00:00:00${fraction(cursor)}`;
    const day = Math.floor(seconds / secondsPerDay);
    if (day !== lastDay) {
      lastDay = day;
      lastText = new Date(day * secondsPerDay * 1000).toISOString().slice(0, 10);
    }
    const rest = seconds - day * secondsPerDay;
    return `${lastText} ${clockText(Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60)}${fraction(cursor)}`;
  };
}

/** 24 bits and the fraction, as one number that is offset so that it sorts: sign, 1 bit unused, hour 10, minute 6, second 6. */
export function timeReader(digits: number): ReadValue {
  const fractionBytes = toFractionBytes(digits);
  const scale = 256 ** fractionBytes;
  const zero = 0x80_0000 * scale;
  return (cursor) => {
    const value = cursor.uintBE(3 + fractionBytes) - zero;
    const packed = Math.abs(value);
    const whole = Math.floor(packed / scale);
    const text = clockText((whole >> 12) & 0x3ff, (whole >> 6) & 63, whole & 63);
    return `${value < 0 ? "-" : ""}${text}${fractionText(packed % scale, digits)}`;
  };
}

function fractionReader(digits: number): (cursor: ByteCursor) => string {
  const bytes = toFractionBytes(digits);
  if (bytes === 0) return () => "";
  return (cursor) => fractionText(cursor.uintBE(bytes), digits);
}

/** Two digits to a byte. */
function toFractionBytes(digits: number): number {
  if (digits > 6) throw new MalformedBytes(`${digits} digits of a second`);
  return (digits + 1) >> 1;
}

export function fractionText(value: number, digits: number): string {
  if (digits === 0) return "";
  const text = String(value).padStart(digits + (digits & 1), "0");
  if (text.length > digits + (digits & 1)) throw new MalformedBytes(`${value} as ${digits} digits of a second`);
  return `.${text.slice(0, digits)}`;
}

export function dateText(year: number, month: number, day: number): string {
  return `${String(year).padStart(4, "0")}-${twoDigits(month)}-${twoDigits(day)}`;
}

export function clockText(hour: number, minute: number, second: number): string {
  return `${twoDigits(hour)}:${twoDigits(minute)}:${twoDigits(second)}`;
}

function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
