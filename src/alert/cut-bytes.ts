// alert: text -> as much of it as fits into so many bytes of UTF-8, whole characters only, with a mark where it was cut.

export function cutBytes(text: string, bytesMax: number): string {
  if (Buffer.byteLength(text) <= bytesMax) return text;
  const mark = "…";
  const bytes = Buffer.from(text).subarray(0, Math.max(0, bytesMax - Buffer.byteLength(mark)));
  // The decoder leaves a replacement character for the beginning of one that does not fit.
  const kept = bytes.toString("utf8").replace(/\ufffd{1,3}$/, "");
  return bytesMax < Buffer.byteLength(mark) ? "" : kept + mark;
}
