const BYTES_OF_LINE = 16;

/** Bytes `[start, end)` as people read them: offset, hex, and the characters that are plain ASCII. */
export function hexLines(bytes: Uint8Array, start: number, end: number): readonly string[] {
  const lines: string[] = [];
  for (let at = Math.max(0, start); at < Math.min(end, bytes.length); at += BYTES_OF_LINE) {
    const part = Buffer.from(bytes.subarray(at, Math.min(at + BYTES_OF_LINE, end)));
    const hex = part.toString("hex").replaceAll(/(..)(?=.)/g, "$1 ");
    const text = part.toString("latin1").replaceAll(/[^\x20-\x7e]/g, ".");
    lines.push(`${at.toString(16).padStart(8, "0")}  ${hex.padEnd(BYTES_OF_LINE * 3 - 1)}  ${text}`);
  }
  return lines;
}
