import type { BlockWindow } from "./block-window.ts";
import type { TextPlace } from "./text-place.ts";
import type { EntryCollector } from "./entry-collector.ts";
import { JsonMembers, skipBlank } from "./json-members.ts";
import { unescapeInPlace } from "./json-text.ts";
import { eachLine } from "./read-plain-lines.ts";
import { isoStamp } from "./times/numeric-stamps.ts";
import { NO_ZONE, Stamp } from "./times/stamp.ts";
import { StampClock, TIME_MEANINGLESS, TIME_OK, TIME_UNREPRESENTABLE } from "./times/stamp-clock.ts";

const encoder = new TextEncoder();
const NAMES = {
  tenant: encoder.encode("tenant"),
  labels: encoder.encode("labels"),
  ts: encoder.encode("ts"),
  timestamp: encoder.encode("timestamp"),
  line: encoder.encode("line"),
  lineBase64: encoder.encode("lineBase64"),
  metadata: encoder.encode("metadata"),
  parsed: encoder.encode("parsed"),
};

/** The last whole second that fits into 64 bits of nanoseconds. */
const MAX_SECONDS = 9_223_372_035;

/** Where the members of an entry lie in the bytes of its line; 0 to 0 where it has none. */
export class JsonEntry {
  tenantStart = 0;
  tenantEnd = 0;
  labelsStart = 0;
  labelsEnd = 0;
  timeStart = 0;
  timeEnd = 0;
  lineStart = 0;
  lineEnd = 0;
  base64Start = 0;
  base64End = 0;
  metadataStart = 0;
  metadataEnd = 0;
  parsedStart = 0;
  parsedEnd = 0;
  /** Whether the time is called `timestamp`, as logcli calls it. */
  fromLogcli = false;
  readonly #members = new JsonMembers();

  /** Whether the line is a JSON object with a time, labels and a line. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    const members = this.#members;
    this.tenantEnd = this.tenantStart = this.labelsEnd = this.timeEnd = this.metadataEnd = this.parsedEnd = 0;
    this.metadataStart = this.parsedStart = this.base64Start = this.base64End = 0;
    let lineFound = false;
    members.start(bytes, start, end);
    while (members.next()) {
      const { valueStart, valueEnd } = members;
      const first = bytes[valueStart];
      if (members.keyIs(NAMES.line)) {
        if (first !== 34) return false;
        this.lineStart = valueStart + 1;
        this.lineEnd = valueEnd - 1;
        lineFound = true;
      } else if (members.keyIs(NAMES.labels)) {
        if (first !== 123) return false;
        this.labelsStart = valueStart;
        this.labelsEnd = valueEnd;
      } else if (members.keyIs(NAMES.ts) || members.keyIs(NAMES.timestamp)) {
        const quoted = first === 34 ? 1 : 0;
        this.timeStart = valueStart + quoted;
        this.timeEnd = valueEnd - quoted;
        this.fromLogcli = members.keyEnd - members.keyStart > 2;
      } else if (members.keyIs(NAMES.tenant) && first === 34) {
        this.tenantStart = valueStart;
        this.tenantEnd = valueEnd;
      } else if (members.keyIs(NAMES.lineBase64) && first === 34) {
        this.base64Start = valueStart + 1;
        this.base64End = valueEnd - 1;
      } else if (members.keyIs(NAMES.metadata) && first === 123) {
        this.metadataStart = valueStart;
        this.metadataEnd = valueEnd;
      } else if (members.keyIs(NAMES.parsed) && first === 123) {
        this.parsedStart = valueStart;
        this.parsedEnd = valueEnd;
      }
    }
    return (
      members.whole &&
      lineFound &&
      this.labelsEnd > 0 &&
      this.timeEnd > 0 &&
      skipBlank(bytes, members.objectEnd, end) === end
    );
  }
}

/**
 * Entries of a Loki, one JSON object a line: our own (`ts` in nanoseconds, `labels`, `line`, perhaps `tenant`, `metadata`, `parsed`;
 * `lineBase64` has the bytes of a line that is no UTF-8) and logcli's `--output=jsonl` (`timestamp` as RFC 3339). A line that is none of them is kept as it is.
 */
export function readJsonEntries(window: BlockWindow, _place: TextPlace, out: EntryCollector): void {
  const entry = new JsonEntry();
  const time = new EntryTime();
  eachLine(window, out, (start, end, own) => {
    if (!own) return false;
    const bytes = window.bytes;
    if (skipBlank(bytes, start, end) === end) return true;
    const status = entry.read(bytes, skipBlank(bytes, start, end), end)
      ? time.read(bytes, entry.timeStart, entry.timeEnd)
      : TIME_MEANINGLESS;
    const stream =
      status === TIME_MEANINGLESS
        ? -1
        : out.table.ofJson(bytes, entry.labelsStart, entry.labelsEnd, entry.tenantStart, entry.tenantEnd);
    if (stream < 0) {
      out.unreadable(window, start, end);
      return true;
    }
    const raw = entry.base64End > entry.base64Start;
    const lineStart = raw ? entry.base64Start : entry.lineStart;
    const lineEnd = raw
      ? unpackBase64InPlace(bytes, entry.base64Start, entry.base64End)
      : unescapeInPlace(bytes, entry.lineStart, entry.lineEnd);
    let row: number;
    if (status === TIME_OK) row = out.timed(time.seconds, time.nanos, lineStart, lineEnd, stream);
    else {
      out.unrepresentableTimes += 1;
      row = out.untimed(lineStart, lineEnd, stream);
    }
    if (row < 0) return true;
    // Two bytes are `{}`.
    if (entry.metadataEnd > entry.metadataStart + 2)
      out.columns.setMetadata(row, entry.metadataStart, entry.metadataEnd);
    if (entry.parsedEnd > entry.parsedStart + 2) out.columns.setParsed(row, entry.parsedStart, entry.parsedEnd);
    return true;
  });
}

/** Four characters are three bytes, so they fit into their own place; gives their new end. */
function unpackBase64InPlace(bytes: Uint8Array, start: number, end: number): number {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("latin1");
  const unpacked = Buffer.from(text, "base64");
  bytes.set(unpacked, start);
  return start + unpacked.length;
}

/** Nanoseconds as digits, exact at any size, or RFC 3339. */
class EntryTime {
  seconds = 0;
  nanos = 0;
  readonly #stamp = new Stamp();
  readonly #clock = new StampClock(null, null, null);

  read(
    bytes: Uint8Array,
    start: number,
    end: number,
  ): typeof TIME_OK | typeof TIME_MEANINGLESS | typeof TIME_UNREPRESENTABLE {
    const negative = bytes[start] === 45;
    const first = negative ? start + 1 : start;
    if (!onlyDigits(bytes, first, end)) return this.#readStamp(bytes, start, end);
    let seconds = 0;
    let nanos = 0;
    for (let p = first; p < end - 9; p++) seconds = seconds * 10 + ((bytes[p] ?? 48) - 48);
    for (let p = Math.max(first, end - 9); p < end; p++) nanos = nanos * 10 + ((bytes[p] ?? 48) - 48);
    if (negative) {
      seconds = -seconds;
      if (nanos > 0) {
        seconds -= 1;
        nanos = 1e9 - nanos;
      }
    }
    if (seconds > MAX_SECONDS || seconds < -MAX_SECONDS) return TIME_UNREPRESENTABLE;
    this.seconds = seconds;
    this.nanos = nanos;
    return TIME_OK;
  }

  #readStamp(
    bytes: Uint8Array,
    start: number,
    end: number,
  ): typeof TIME_OK | typeof TIME_MEANINGLESS | typeof TIME_UNREPRESENTABLE {
    const stamp = this.#stamp;
    if (!isoStamp(bytes, start, end, stamp) || stamp.end !== end || stamp.zoneSeconds === NO_ZONE) {
      return TIME_MEANINGLESS;
    }
    const status = this.#clock.resolve(stamp);
    this.seconds = this.#clock.seconds;
    this.nanos = this.#clock.nanos;
    return status;
  }
}

function onlyDigits(bytes: Uint8Array, start: number, end: number): boolean {
  if (end <= start) return false;
  for (let p = start; p < end; p++) {
    const value = (bytes[p] ?? 0) - 48;
    if (value < 0 || value > 9) return false;
  }
  return true;
}
