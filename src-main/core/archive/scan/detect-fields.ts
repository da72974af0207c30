import { isLogExpr } from "../../../../src-shared/logql/ast.ts";
import { compileLogPipeline, type StreamPipeline } from "../../../../src-shared/logql/log-pipeline.ts";
import { parseLogQl } from "../../../../src-shared/logql/parser.ts";
import { ERROR_LABEL, isErrorLabel } from "../../../../src-shared/logql/pipeline/labels-builder.ts";
import { parseByteSize } from "../../../../src-shared/logql/text/byte-size.ts";
import { parseGoDuration } from "../../../../src-shared/logql/text/go-duration.ts";
import { parseGoFloat } from "../../../../src-shared/logql/text/go-number.ts";
import type { LogBatch, RowExtra } from "../../../../src-shared/model/log-batch.ts";
import type { DetectedField } from "../../../../src-shared/model/log-query.ts";

/** Fields that are told at most, as Loki's default is. */
const MAX_FIELDS = 1_000;

interface Found {
  readonly type: DetectedField["type"];
  readonly values: Set<string>;
  readonly parsers: Set<string>;
}

/**
 * Finds the fields of rows as Loki's `detected_fields` does: structured metadata, what the query extracted, and what `json`
 * finds in a line or, where that fails, `logfmt`. A field's type is that of its first value.
 */
export class FieldDetector {
  readonly #found = new Map<string, Found>();
  readonly #json = parserOf("json");
  readonly #logfmt = parserOf("logfmt");

  add(batch: LogBatch): void {
    const lines = Buffer.from(batch.lineBytes.buffer, batch.lineBytes.byteOffset, batch.lineBytes.byteLength);
    const extras = Buffer.from(batch.extraBytes.buffer, batch.extraBytes.byteOffset, batch.extraBytes.byteLength);
    const parsers = batch.streams.map((labels) => [
      { name: "json", run: this.#json(labels) },
      { name: "logfmt", run: this.#logfmt(labels) },
    ]);
    for (let row = 0; row < batch.rowCount; row += 1) {
      const extra = extras.toString("utf8", batch.extraOffsets[row], batch.extraOffsets[row + 1]);
      // Written by batch-builder.ts.
      const { m = {}, p = {} } = extra === "" ? {} : (JSON.parse(extra) as RowExtra);
      const line = lines.toString("utf8", batch.lineOffsets[row], batch.lineOffsets[row + 1]);
      for (const [name, value] of Object.entries(m)) this.#note(name, value, null);
      for (const [name, value] of Object.entries(p)) this.#note(name, value, null);
      this.#addParsed(parsers[batch.streamRefs[row] ?? 0] ?? [], batch.timestampsNs[row] ?? 0n, line);
    }
  }

  fields(): readonly DetectedField[] {
    return [...this.#found]
      .map(([label, { type, values, parsers }]) => ({
        label,
        type,
        cardinality: values.size,
        parsers: [...parsers].sort(),
      }))
      .sort((left, right) => (left.label < right.label ? -1 : 1));
  }

  #addParsed(
    parsers: readonly { readonly name: string; readonly run: StreamPipeline }[],
    timestampNs: bigint,
    line: string,
  ): void {
    for (const { name: parser, run } of parsers) {
      run.process(timestampNs, line);
      const { parsed } = run.result();
      if (parsed[ERROR_LABEL] !== undefined) continue;
      for (const [name, value] of Object.entries(parsed)) this.#note(name, value, parser);
      return;
    }
  }

  #note(name: string, value: string, parser: string | null): void {
    if (isErrorLabel(name)) return;
    let found = this.#found.get(name);
    if (found === undefined) {
      if (this.#found.size >= MAX_FIELDS) return;
      found = { type: typeOf(value), values: new Set(), parsers: new Set() };
      this.#found.set(name, found);
    }
    found.values.add(value);
    if (parser !== null) found.parsers.add(parser);
  }
}

function parserOf(name: string): (labels: LogBatch["streams"][number]) => StreamPipeline {
  const parsed = parseLogQl(`{any=~".+"} | ${name}`);
  if (!parsed.ok || !isLogExpr(parsed.expr)) throw new Error(`the parser ${name} is no stage`);
  return compileLogPipeline(parsed.expr).forStream;
}

const BOOLEANS = new Set(["1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"]);

/** In the order in which Loki tries them. */
function typeOf(value: string): DetectedField["type"] {
  if (/^[+-]?\d{1,19}$/.test(value) && BigInt.asIntN(64, BigInt(value)) === BigInt(value)) return "int";
  if (parseGoFloat(value) !== null) return "float";
  if (BOOLEANS.has(value)) return "boolean";
  if (parseGoDuration(value).ok) return "duration";
  return parseByteSize(value).ok ? "bytes" : "string";
}
