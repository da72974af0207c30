import type { BlockWindow } from "./block-window.ts";
import type { TextPlace } from "./text-place.ts";
import type { EntryCollector } from "./entry-collector.ts";
import { JsonMembers } from "./json-members.ts";
import { jsonScalarText, unescapeInPlace } from "./json-text.ts";
import { JoinedParts } from "./joined-parts.ts";
import { addTimed, eachLine } from "./read-plain-lines.ts";
import { isoStamp } from "./times/numeric-stamps.ts";
import { NO_ZONE, Stamp } from "./times/stamp.ts";
import { StampClock } from "./times/stamp-clock.ts";

/** The parts of a line of the container runtime interface. */
export class CriLine {
  stream = "";
  partial = false;
  textStart = 0;
  readonly stamp = new Stamp();

  /**
   * `<RFC 3339> stdout|stderr <tags> <text>`, the tags separated by colons, the first of them `P` (part) or `F` (full); see the
   * kubelet's `pkg/kubelet/kuberuntime/logs`.
   */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    const { stamp } = this;
    if (!isoStamp(bytes, start, end, stamp) || stamp.zoneSeconds === NO_ZONE || bytes[stamp.end] !== 32) return false;
    const at = stamp.end + 1;
    // "std" and then "out" or "err"
    if (at + 8 > end || bytes[at] !== 115 || bytes[at + 1] !== 116 || bytes[at + 2] !== 100) return false;
    if (bytes[at + 3] === 111 && bytes[at + 4] === 117 && bytes[at + 5] === 116) this.stream = "stdout";
    else if (bytes[at + 3] === 101 && bytes[at + 4] === 114 && bytes[at + 5] === 114) this.stream = "stderr";
    else return false;
    const tag = bytes[at + 7];
    if (bytes[at + 6] !== 32 || (tag !== 70 && tag !== 80)) return false;
    this.partial = tag === 80;
    let p = at + 8;
    if (p < end && bytes[p] === 58) while (p < end && bytes[p] !== 32) p += 1;
    if (p < end && bytes[p] !== 32) return false;
    this.textStart = Math.min(end, p + 1);
    return true;
  }
}

/** Files that containerd and CRI-O write. Each line's stream becomes the label `stream`; parts are joined. */
export function readCriLines(window: BlockWindow, place: TextPlace, out: EntryCollector): void {
  const clock = new StampClock(null, null, null);
  const line = new CriLine();
  const streams = outputStreams(place, out);
  const parts = new JoinedParts(window, out, place.carry.openParts);
  let marked = false;
  eachLine(window, out, (start, end, own) => {
    if (!own && !marked) {
      parts.markEnd();
      marked = true;
    }
    if (!own && !parts.waiting) return false;
    if (!line.read(window.bytes, start, end)) {
      if (own) out.unreadable(window, start, end);
      return true;
    }
    if (parts.goesOn(line.stream, line.textStart, end, line.partial) || !own) return true;
    const row = addTimed(window, clock, line.stamp, out, line.textStart, end, streams(line.stream));
    if (line.partial) parts.begin(line.stream, row, line.textStart, end);
    return true;
  });
  if (!marked) parts.markEnd();
}

const encoder = new TextEncoder();
const LOG = encoder.encode("log");
const STREAM = encoder.encode("stream");
const TIME = encoder.encode("time");
const ATTRS = encoder.encode("attrs");

/**
 * Docker's JSON files: `{"log":"text\n","stream":"stdout","attrs":{…}?,"time":"…"}`. Text without its newline is a part and joined with
 * the next of its stream. `attrs` (labels and variables that the daemon was told to keep) become structured metadata.
 */
export function readDockerLines(window: BlockWindow, place: TextPlace, out: EntryCollector): void {
  const clock = new StampClock(null, null, null);
  const stamp = new Stamp();
  const members = new JsonMembers();
  const streams = outputStreams(place, out);
  const parts = new JoinedParts(window, out, place.carry.openParts);
  let marked = false;
  eachLine(window, out, (start, end, own) => {
    if (!own && !marked) {
      parts.markEnd();
      marked = true;
    }
    if (!own && !parts.waiting) return false;
    if (end === start) return true;
    const bytes = window.bytes;
    let textStart = -1;
    let textEnd = -1;
    let timed = false;
    let stream = "";
    let attrsStart = 0;
    let attrsEnd = 0;
    members.start(bytes, start, end);
    while (members.next()) {
      const { valueStart, valueEnd } = members;
      const isText = bytes[valueStart] === 34;
      if (members.keyIs(LOG) && isText) {
        textStart = valueStart + 1;
        textEnd = valueEnd - 1;
      } else if (members.keyIs(TIME) && isText) {
        timed = isoStamp(bytes, valueStart + 1, valueEnd - 1, stamp) && stamp.zoneSeconds !== NO_ZONE;
      } else if (members.keyIs(STREAM) && isText) stream = jsonScalarText(bytes, valueStart, valueEnd);
      else if (members.keyIs(ATTRS)) {
        attrsStart = valueStart;
        attrsEnd = valueEnd;
      }
    }
    if (!members.whole || textStart < 0 || !timed) {
      if (own) out.unreadable(window, start, end);
      return true;
    }
    let last = unescapeInPlace(bytes, textStart, textEnd);
    const partial = last === textStart || bytes[last - 1] !== 10;
    if (!partial) last -= 1;
    if (!partial && last > textStart && bytes[last - 1] === 13) last -= 1;
    if (parts.goesOn(stream, textStart, last, partial) || !own) return true;
    const row = addTimed(window, clock, stamp, out, textStart, last, streams(stream));
    if (partial) parts.begin(stream, row, textStart, last);
    if (attrsEnd > attrsStart && row >= 0) out.columns.setMetadata(row, attrsStart, attrsEnd);
    return true;
  });
  if (!marked) parts.markEnd();
}

function outputStreams(place: TextPlace, out: EntryCollector): (stream: string) => number {
  const refs = new Map<string, number>();
  return (stream) => {
    let ref = refs.get(stream);
    if (ref === undefined) {
      const { labels } = place.reading;
      ref = out.table.of(stream === "" ? labels : { ...labels, stream }, null);
      refs.set(stream, ref);
    }
    return ref;
  };
}
