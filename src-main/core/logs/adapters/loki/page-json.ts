import type { LabelSet } from "../../../../../src-shared/model/labels.ts";
import { levelFromLabels, LOG_LEVELS } from "../../../../../src-shared/model/log-level.ts";
import { MAX_NANO_TIME, MIN_NANO_TIME } from "../../../../../src-shared/model/nano-time.ts";
import type { PageTable } from "./page-table.ts";

/** The answer is JSON, but not the answer to a log query. */
export class PageShapeError extends Error {
  constructor(problem: string) {
    super(problem);
    this.name = "PageShapeError";
  }
}

interface Extra {
  readonly structuredMetadata: LabelSet | undefined;
  readonly parsed: LabelSet | undefined;
}

interface Row {
  readonly timestampNs: bigint;
  readonly line: string;
  readonly extra: Extra | null;
  readonly stream: number;
}

/**
 * The rows of `data.result` after `JSON.parse`: for every shape the scanner does not know, and the judge of what is no
 * answer at all.
 */
export function tableFromJson(result: unknown): PageTable {
  if (!Array.isArray(result)) throw new PageShapeError("data.result is no list");
  const streams: LabelSet[] = [];
  const rows: Row[] = [];
  for (const item of result as readonly unknown[]) {
    if (typeof item !== "object" || item === null || !("stream" in item) || !("values" in item)) {
      throw new PageShapeError("an item of data.result is no stream");
    }
    if (!isLabelSet(item.stream) || !Array.isArray(item.values)) {
      throw new PageShapeError("stream without labels or values");
    }
    const stream = streams.push(item.stream) - 1;
    for (const value of item.values as readonly unknown[]) rows.push(rowOf(value, stream));
  }
  return new JsonTable(streams, rows);
}

/** The table's form of a third element: `{"m":{…},"p":{…}}`, empty parts left out. */
export function extraText(extra: Extra | null): string {
  if (extra === null) return "";
  const { structuredMetadata: m, parsed: p } = extra;
  const hasM = m !== undefined && Object.keys(m).length > 0;
  const hasP = p !== undefined && Object.keys(p).length > 0;
  if (!hasM && !hasP) return "";
  return JSON.stringify({ ...(hasM ? { m } : {}), ...(hasP ? { p } : {}) });
}

function rowOf(value: unknown, stream: number): Row {
  if (!Array.isArray(value) || typeof value[0] !== "string" || typeof value[1] !== "string") {
    throw new PageShapeError("a value is not [time, line]");
  }
  if (!/^-?\d{1,19}$/.test(value[0])) throw new PageShapeError("a time is not nanoseconds");
  const timestampNs = BigInt(value[0]);
  if (timestampNs < MIN_NANO_TIME || timestampNs > MAX_NANO_TIME) throw new PageShapeError("a time is beyond 64 bits");
  if (value.length < 3) return { timestampNs, line: value[1], extra: null, stream };
  return { timestampNs, line: value[1], extra: extraOf(value[2]), stream };
}

function extraOf(value: unknown): Extra {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw notMetadata();
  const structuredMetadata: unknown = "structuredMetadata" in value ? value.structuredMetadata : undefined;
  const parsed: unknown = "parsed" in value ? value.parsed : undefined;
  if (structuredMetadata !== undefined && !isLabelSet(structuredMetadata)) throw notMetadata();
  if (parsed !== undefined && !isLabelSet(parsed)) throw notMetadata();
  return { structuredMetadata, parsed };
}

function notMetadata(): PageShapeError {
  return new PageShapeError("a value's third element is not metadata");
}

/** What `labelSetSchema` checks, without the cost of a schema: this is done for every line of a tail. */
function isLabelSet(value: unknown): value is LabelSet {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  for (const text of Object.values(value)) if (typeof text !== "string") return false;
  return true;
}

class JsonTable implements PageTable {
  readonly rowCount: number;
  readonly timestampsNs: BigInt64Array;
  readonly streamRefs: Uint32Array;
  readonly streams: readonly LabelSet[];
  readonly lineBound: number;
  readonly extraBound: number;
  readonly #rows: readonly Row[];
  readonly #extras: readonly string[];

  constructor(streams: readonly LabelSet[], rows: readonly Row[]) {
    this.#rows = rows;
    this.#extras = rows.map((row) => extraText(row.extra));
    this.rowCount = rows.length;
    this.streams = streams;
    this.timestampsNs = BigInt64Array.from(rows, (row) => row.timestampNs);
    this.streamRefs = Uint32Array.from(rows, (row) => row.stream);
    this.lineBound = rows.reduce((sum, row) => sum + Buffer.byteLength(row.line, "utf8"), 0);
    this.extraBound = this.#extras.reduce((sum, text) => sum + Buffer.byteLength(text, "utf8"), 0);
  }

  writeLine(row: number, out: Buffer, at: number): number {
    return at + out.write(this.#rows[row]?.line ?? "", at, "utf8");
  }

  writeExtra(row: number, out: Buffer, at: number): number {
    return at + out.write(this.#extras[row] ?? "", at, "utf8");
  }

  statedLevel(row: number): number {
    const extra = this.#rows[row]?.extra;
    if (extra === undefined || extra === null) return -1;
    const level = levelFromLabels({ ...extra.structuredMetadata, ...extra.parsed });
    return level === null ? -1 : LOG_LEVELS.indexOf(level);
  }
}
