import type { LogExpr } from "../../../../src-shared/logql/ast.ts";
import {
  compileLogPipeline,
  type LogPipeline,
  type StreamPipeline,
} from "../../../../src-shared/logql/log-pipeline.ts";
import { labelsKey } from "../../../../src-shared/logql/metric/series.ts";
import type { LabelsResult } from "../../../../src-shared/logql/pipeline/labels-result.ts";
import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import type { BlockRows } from "../archive-block.ts";
import { BatchBuilder, extraText, type RowExtraText } from "./batch-builder.ts";
import { withoutDuplicates } from "./block-duplicates.ts";
import { takesAny } from "./any-selector.ts";
import { scopeOf } from "./block-scope.ts";
import { planProbes } from "./line-probes.ts";
import { RowIdentities } from "./row-identity.ts";
import { orderRows } from "./row-order.ts";
import { RowTexts } from "./row-text.ts";
import type { RowsAnswer, RowsRequest } from "./scan-protocol.ts";
import { SharedRanges } from "./shared-ranges.ts";
import { rankStreams, type StreamHashes } from "./stream-rank.ts";

const MAX_EXTRAS = 1_000;

/** Runs a log query over a decoded block. */
export function queryBlockRows(rows: BlockRows, request: RowsRequest, streamHashes: StreamHashes): RowsAnswer {
  const { expr, startNs, endNs } = request;
  const plan = expr === null ? null : planProbes(expr);
  const scope = scopeOf(rows, {
    block: request.block,
    startNs,
    endNs,
    takes: takesAny(expr === null ? request.selectors : [expr.selector]),
    probes: plan?.probes ?? [],
  });
  const { picked, lines, bytes } = scope;
  const { hashes, ranks } = rankStreams(rows.streams, rows.streamRefs, picked, streamHashes);
  orderRows(picked, rows, ranks, request);
  const filter = filterOf(rows, request);
  const unique = request.dedupe === null ? picked : withoutDuplicates(rows, picked);
  return { ...collect(rows, request, unique, hashes, filter), lines, bytes, problems: rows.problems };
}

function filterOf(rows: BlockRows, { expr, nowNs }: RowsRequest): RowFilter {
  if (expr === null) return new StoredRows(rows);
  const { rest, readsLines } = planProbes(expr);
  const left = compileLogPipeline({ ...expr, stages: rest }, { nowNs: () => nowNs });
  return rest.length === 0
    ? new ProbedRows(rows, left)
    : new PipedRows(rows, left, { changesStreams: changesStreams(expr), readsLines });
}

/** A row as it leaves: its streams, its extras, and its line where that is another one. */
interface RowResult {
  readonly stream: LabelSet;
  readonly extra: RowExtraText;
  readonly line: string | null;
}

interface RowFilter {
  /** `null` for a row that the query leaves out. */
  row(row: number, texts: RowTexts): RowResult | null;
}

function collect(
  rows: BlockRows,
  request: RowsRequest,
  picked: Uint32Array,
  hashes: BigUint64Array,
  filter: RowFilter,
): Pick<RowsAnswer, "batch" | "hashes" | "identities"> {
  const most = request.limit ?? Number.POSITIVE_INFINITY;
  const texts = new RowTexts(rows);
  const { buffer } = texts;
  const { dedupe } = request;
  const shared = dedupe === null || dedupe.shared.length === 0 ? null : new SharedRanges(dedupe.shared);
  // Rows that turn out to be another block's too give way to those that are stored elsewhere at the same time: of the last
  // time all are needed.
  const capacity = shared === null ? Math.min(most, picked.length) : picked.length;
  const builder = new BatchBuilder(capacity, Math.min(rows.bytes.length, capacity * 256));
  const streams = new ResultStreams(builder, hashes);
  const identities = shared === null ? null : new BigUint64Array(capacity);
  const identity = dedupe === null ? null : new RowIdentities(dedupe.secret);
  let lastNs: bigint | null = null;
  for (const row of picked) {
    const at = builder.rowCount;
    const timestampNs = rows.timestampsNs[row] ?? 0n;
    if (at >= most && (shared === null || timestampNs !== lastNs)) break;
    const result = filter.row(row, texts);
    if (result === null) continue;
    lastNs = timestampNs;
    const [start, end] = [rows.lineStarts[row] ?? 0, rows.lineEnds[row] ?? 0];
    if (identity !== null && identities !== null && shared?.has(timestampNs) === true) {
      identities[at] = identity.of(buffer, start, end, rows.metadata?.(row));
    }
    const stream = streams.of(rows.streamRefs[row] ?? 0, result.stream);
    if (result.line === null) builder.row(timestampNs, stream, buffer, start, end, result.extra);
    else {
      const changed = Buffer.from(result.line);
      builder.row(timestampNs, stream, changed, 0, changed.length, result.extra);
    }
  }
  const count = builder.rowCount;
  if (count === 0) return { batch: null, hashes: new BigUint64Array(), identities: null };
  return {
    batch: builder.finish(),
    hashes: streams.hashes(),
    identities: identities === null ? null : identities.slice(0, count),
  };
}

/** Numbers streams as a batch names them: by the stream a row was stored in, and by what the query made of it. */
class ResultStreams {
  readonly #builder: BatchBuilder;
  readonly #stored: BigUint64Array;
  readonly #hashes: bigint[] = [];
  readonly #byRef: (Map<LabelSet, number> | undefined)[] = [];
  readonly #byKey = new Map<string, number>();

  constructor(builder: BatchBuilder, stored: BigUint64Array) {
    this.#builder = builder;
    this.#stored = stored;
  }

  of(ref: number, labels: LabelSet): number {
    const byLabels = (this.#byRef[ref] ??= new Map());
    const known = byLabels.get(labels);
    if (known !== undefined) return known;
    const key = `${ref}\u0000${labelsKey(labels)}`;
    let number = this.#byKey.get(key);
    if (number === undefined) {
      number = this.#builder.stream(labels);
      this.#hashes.push(this.#stored[ref] ?? 0n);
      this.#byKey.set(key, number);
    }
    byLabels.set(labels, number);
    return number;
  }

  hashes(): BigUint64Array {
    return BigUint64Array.from(this.#hashes);
  }
}

/** Rows as they are stored. */
class StoredRows implements RowFilter {
  readonly #rows: BlockRows;
  readonly #extras = new Map<LabelSet, RowExtraText>();

  constructor(rows: BlockRows) {
    this.#rows = rows;
  }

  row(row: number): RowResult {
    const { streams, streamRefs, metadata, parsed } = this.#rows;
    const stream = streams[streamRefs[row] ?? 0] ?? {};
    return { stream, extra: this.#extra(metadata?.(row), parsed?.(row)), line: null };
  }

  #extra(metadata: LabelSet | undefined, parsed: LabelSet | undefined): RowExtraText {
    if (metadata === undefined || parsed !== undefined) return extraText(metadata, parsed);
    return remembered(this.#extras, metadata, () => extraText(metadata, undefined));
  }
}

/** Rows that the probes have decided on: only names of metadata may have to be changed. */
class ProbedRows implements RowFilter {
  readonly #rows: BlockRows;
  readonly #runs: StreamRuns;
  readonly #extras: (Map<LabelSet, RowExtraText> | undefined)[] = [];

  constructor(rows: BlockRows, pipeline: LogPipeline) {
    this.#rows = rows;
    this.#runs = new StreamRuns(rows, pipeline);
  }

  row(row: number): RowResult {
    const { streams, streamRefs, metadata, parsed } = this.#rows;
    const ref = streamRefs[row] ?? 0;
    const stream = streams[ref] ?? {};
    const own = metadata?.(row);
    const before = parsed?.(row);
    if (own === undefined) return { stream, extra: extraText(undefined, before), line: null };
    const make = (): RowExtraText => {
      const run = this.#runs.of(ref);
      run.process(0n, "", own);
      const result = run.result();
      return extraText(result.metadata, { ...before, ...result.parsed });
    };
    if (before !== undefined) return { stream, extra: make(), line: null };
    return { stream, extra: remembered((this.#extras[ref] ??= new Map()), own, make), line: null };
  }
}

/** Rows that go through what is left of the pipeline, as text where it looks at lines. */
class PipedRows implements RowFilter {
  readonly #rows: BlockRows;
  readonly #runs: StreamRuns;
  readonly #changesStreams: boolean;
  readonly #readsLines: boolean;
  readonly #results = new Map<LabelsResult, { readonly stream: LabelSet; readonly extra: RowExtraText }>();

  constructor(
    rows: BlockRows,
    pipeline: LogPipeline,
    options: { readonly changesStreams: boolean; readonly readsLines: boolean },
  ) {
    this.#rows = rows;
    this.#runs = new StreamRuns(rows, pipeline);
    this.#changesStreams = options.changesStreams;
    this.#readsLines = options.readsLines;
  }

  row(row: number, texts: RowTexts): RowResult | null {
    const { timestampsNs, streamRefs, metadata, parsed } = this.#rows;
    const run = this.#runs.of(streamRefs[row] ?? 0);
    const text = this.#readsLines ? texts.of(row) : "";
    if (!run.process(timestampsNs[row] ?? 0n, text, metadata?.(row))) return null;
    const line = run.line === text ? null : run.line;
    const result = run.result();
    const before = parsed?.(row);
    if (before !== undefined) {
      const extra = extraText(result.metadata, { ...before, ...result.parsed });
      return { stream: this.#stream(row, result), extra, line };
    }
    const { stream, extra } = remembered(this.#results, result, () => ({
      stream: this.#stream(row, result),
      extra: extraText(result.metadata, result.parsed),
    }));
    return { stream, extra, line };
  }

  #stream(row: number, result: LabelsResult): LabelSet {
    const { streams, streamRefs } = this.#rows;
    return this.#changesStreams ? result.stream : (streams[streamRefs[row] ?? 0] ?? {});
  }
}

class StreamRuns {
  readonly #streams: readonly LabelSet[];
  readonly #pipeline: LogPipeline;
  readonly #runs: (StreamPipeline | undefined)[] = [];

  constructor({ streams }: BlockRows, pipeline: LogPipeline) {
    this.#streams = streams;
    this.#pipeline = pipeline;
  }

  of(ref: number): StreamPipeline {
    return (this.#runs[ref] ??= this.#pipeline.forStream(this.#streams[ref] ?? {}));
  }
}

/** Stages that can take a label away from a stream or give it another value. */
function changesStreams({ stages }: LogExpr): boolean {
  return stages.some(({ kind }) => kind === "labelFormat" || kind === "drop" || kind === "keep");
}

function remembered<Key, Value>(known: Map<Key, Value>, key: Key, make: () => Value): Value {
  const existing = known.get(key);
  if (existing !== undefined) return existing;
  const made = make();
  if (known.size >= MAX_EXTRAS) known.clear();
  known.set(key, made);
  return made;
}
