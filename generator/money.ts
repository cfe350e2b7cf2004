// Money is whole cents until it is written: 0.1 + 0.2 is no way to total a receipt.

/** 1234 becomes "12.34", the text a DECIMAL column takes without rounding. */
export function centsToDecimal(cents: number): string {
  if (!Number.isSafeInteger(cents) || cents < 0) throw new RangeError(`${cents} is no amount in cents`);
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;
}
