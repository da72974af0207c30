import type { Readable } from "node:stream";
import { parseNanoTime, type NanoTime } from "../../../../../src-shared/model/nano-time.ts";

/** Longer lines are cut: one line must not fill the memory. */
const MAX_LINE_BYTES = 32 * 2 ** 20;
/** `2026-11-22T14:19:05.123456789+08:00` is 35 bytes. */
const MAX_STAMP_BYTES = 40;
const LINE_FEED = 0x0a;
const SPACE = 0x20;

/** A line of a pod's log with `timestamps=true`; without a time of its own it is the kubelet's word, not the container's. */
export type PodLine =
  | { readonly timestampNs: NanoTime; readonly bytes: Uint8Array }
  | { readonly timestampNs: null; readonly bytes: Uint8Array };

/** The lines of a log, in pieces as they come from the network. The last one may lack its line feed. */
export async function* podLogLines(body: Readable): AsyncGenerator<readonly PodLine[]> {
  let kept: Buffer[] = [];
  let keptBytes = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    const lines: PodLine[] = [];
    let from = 0;
    for (let at = piece.indexOf(LINE_FEED); at >= 0; at = piece.indexOf(LINE_FEED, from)) {
      const tail = piece.subarray(from, at);
      lines.push(podLine(kept.length === 0 ? tail : Buffer.concat([...kept, tail])));
      kept = [];
      keptBytes = 0;
      from = at + 1;
    }
    const rest = piece.subarray(from, from + Math.max(0, MAX_LINE_BYTES - keptBytes));
    if (rest.length > 0) kept.push(rest);
    keptBytes += rest.length;
    if (lines.length > 0) yield lines;
  }
  if (kept.length > 0) yield [podLine(Buffer.concat(kept))];
}

export function podLine(bytes: Uint8Array): PodLine {
  const end = bytes.subarray(0, MAX_STAMP_BYTES + 1).indexOf(SPACE);
  const stamp = end < 0 ? "" : Buffer.from(bytes.buffer, bytes.byteOffset, end).toString("latin1");
  const timestampNs = /^\d{4}-/.test(stamp) ? parseNanoTime(stamp) : null;
  if (timestampNs === null) return { timestampNs: null, bytes };
  return { timestampNs, bytes: bytes.subarray(end + 1) };
}
