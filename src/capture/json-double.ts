// capture: a double inside a JSON document -> the text the server prints for it: 1.0, -0.0, 1e100 (strings/dtoa.cc, my_gcvt).
import { MalformedBytes } from "./byte-cursor.ts";

/** Where the decimal point may stand, in digits, for a number to be written without an exponent. */
const pointMin = -14;
const pointMax = 15;

export function jsonDoubleText(value: number): string {
  if (!Number.isFinite(value)) throw new MalformedBytes(`${value} in a JSON document`);
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  // Both print the fewest digits that read back as the same number.
  const [mantissa = "0", exponent = "0"] = Math.abs(value).toExponential().split("e");
  const digits = mantissa.replace(".", "");
  /** The number is 0.DIGITS times 10 to this power. */
  const point = Number(exponent) + 1;
  if (point < pointMin || point > pointMax) {
    const rest = digits.slice(1);
    return `${sign}${digits[0]}${rest === "" ? "" : `.${rest}`}e${point - 1}`;
  }
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  if (digits.length <= point) return `${sign}${digits.padEnd(point, "0")}.0`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}
