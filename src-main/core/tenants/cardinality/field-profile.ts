import { LogfmtScanner } from "../../../../src-shared/logql/parsers/logfmt-scan.ts";
import type { fieldCandidateSchema } from "../../../../src-shared/model/tenants/cardinality.ts";
import type { z } from "zod";
import { shapeOfMost, shown } from "./label-profile.ts";

export type FieldCandidate = z.output<typeof fieldCandidateSchema>;

const MOST_FIELDS = 500;
const SHOWN_FIELDS = 100;
/** Of one field; past it there are more than are told. */
export const MOST_VALUES = 20_000;
const SAMPLES = 5;
/** A line that is longer is looked at in its first part alone, which is no JSON then. */
const LINE_BYTES = 65_536;
const DEEPEST = 3;

/** What would make a good label: it tells streams apart, in nearly every line, with few values. */
const LABEL = { fewest: 2, most: 20, lineShare: 0.8, longest: 32 };
/** An id worth keeping beside the line: in enough lines, and hardly twice the same. */
const METADATA = { lineShare: 0.05, ownValueShare: 0.2, fewest: 20 };
const SEARCHED_SHAPES: ReadonlySet<string> = new Set(["uuid", "trace", "hash", "id", "ip", "email", "number"]);

interface Found {
  lines: number;
  readonly values: Set<string>;
}

/** Fields of JSON and logfmt lines, nested ones joined by `_` as Loki's `json` does. */
export class FieldProfiler {
  readonly #found = new Map<string, Found>();
  readonly #scanner = new LogfmtScanner();
  lines = 0;
  /** A field has more values than were counted. */
  cut = false;

  /** `lineOffsets` has one more than there are lines. */
  add(lineOffsets: Uint32Array, lineBytes: Uint8Array): void {
    const bytes = Buffer.from(lineBytes.buffer, lineBytes.byteOffset, lineBytes.byteLength);
    for (let row = 0; row + 1 < lineOffsets.length; row += 1) {
      const from = lineOffsets[row] ?? 0;
      this.#addLine(bytes.toString("utf8", from, Math.min(lineOffsets[row + 1] ?? from, from + LINE_BYTES)));
    }
  }

  /** Those in the most lines first. Fields that are labels already (`labels`) suggest nothing. */
  fields(labels: ReadonlySet<string>): FieldCandidate[] {
    return [...this.#found]
      .toSorted(([a, one], [b, other]) => other.lines - one.lines || (a < b ? -1 : 1))
      .slice(0, SHOWN_FIELDS)
      .map(([field, { lines, values }]) => {
        const all = [...values];
        const shape = shapeOfMost(all)?.shape ?? null;
        return {
          field: shown(field),
          lines,
          values: values.size,
          shape,
          samples: all.slice(0, SAMPLES).map(shown),
          verdict: labels.has(field) ? "none" : this.#verdict(lines, all, shape),
        };
      });
  }

  #verdict(lines: number, values: readonly string[], shape: string | null): FieldCandidate["verdict"] {
    const share = lines / Math.max(1, this.lines);
    const few = values.length >= LABEL.fewest && values.length <= LABEL.most;
    // Figures measure something, and what has blanks in it is a sentence: neither tells streams apart.
    const words = values.every(
      (value) => value.length <= LABEL.longest && !/\s|^-?[\d.]+(?:[a-zµ]{1,3})?$/.test(value),
    );
    if (few && share >= LABEL.lineShare && shape === null && words) return "label";
    const own = values.length >= METADATA.fewest && values.length / lines >= METADATA.ownValueShare;
    const saturated = values.length >= MOST_VALUES;
    const searched = shape !== null && SEARCHED_SHAPES.has(shape) && (own || saturated);
    return searched && share >= METADATA.lineShare ? "metadata" : "none";
  }

  #addLine(line: string): void {
    this.lines += 1;
    const fields = new Map<string, string>();
    const start = line.trimStart();
    if (start.startsWith("{")) {
      const parsed = parsedObject(start);
      if (parsed !== null) flatten(parsed, "", 1, fields);
    } else this.#logfmt(line, fields);
    for (const [field, value] of fields) this.#note(field, value);
  }

  #logfmt(line: string, fields: Map<string, string>): void {
    const scanner = this.#scanner;
    scanner.reset(line);
    while (!scanner.atEnd() && fields.size < MOST_FIELDS) {
      if (scanner.next() && scanner.key !== "" && scanner.hasValue()) fields.set(scanner.key, scanner.value());
    }
  }

  #note(field: string, value: string): void {
    let found = this.#found.get(field);
    if (found === undefined) {
      if (this.#found.size >= MOST_FIELDS || field.length > 200) return;
      found = { lines: 0, values: new Set() };
      this.#found.set(field, found);
    }
    found.lines += 1;
    if (found.values.size < MOST_VALUES) found.values.add(value.slice(0, 256));
    else if (!found.values.has(value.slice(0, 256))) this.cut = true;
  }
}

function parsedObject(text: string): object | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" ? parsed : null;
  } catch {
    // A line that is no JSON has no fields of JSON; most lines are none.
    return null;
  }
}

function flatten(value: object, prefix: string, depth: number, into: Map<string, string>): void {
  for (const [name, each] of Object.entries(value) as [string, unknown][]) {
    if (into.size >= MOST_FIELDS) return;
    const field = prefix === "" ? name : `${prefix}_${name}`;
    if (typeof each === "object" && each !== null) {
      if (!Array.isArray(each) && depth < DEEPEST) flatten(each, field, depth + 1, into);
    } else if (typeof each === "number" || typeof each === "boolean") into.set(field, String(each));
    else if (typeof each === "string" && each !== "") into.set(field, each);
  }
}
