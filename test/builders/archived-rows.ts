import fc from "fast-check";
import { isLogExpr, type LogExpr } from "../../src-shared/logql/ast.ts";
import { compileLogPipeline } from "../../src-shared/logql/log-pipeline.ts";
import { parseLogQl } from "../../src-shared/logql/parser.ts";
import { streamHash } from "../../src-shared/logql/pipeline/stream-hash.ts";
import { formatLabelSet, type LabelSet } from "../../src-shared/model/labels.ts";
import type { Direction } from "../../src-shared/model/log-query.ts";
import type { LogBatch } from "../../src-shared/model/log-batch.ts";
import type { ArchivedRow, MemoryBlock } from "./memory-archives.ts";

/** A row as it left a read, or as it should. */
export interface SeenRow {
  readonly ts: bigint;
  readonly labels: string;
  /** The line's bytes, one character a byte. */
  readonly bytes: string;
  readonly metadata: LabelSet;
  readonly parsed: LabelSet;
}

export const STREAMS: readonly LabelSet[] = [
  { app: "a" },
  { app: "b", status: "500" },
  { app: "c", env: "prod" },
  { app: "a", env: "dr" },
];

const BROKEN = [
  Buffer.from([0xff]),
  Buffer.from([0xc3]),
  Buffer.from([0xe2, 0x82]),
  Buffer.from([0x80, 0x80]),
  Buffer.from("\ufffd"),
];

const piece = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom("status=500", "status=200", 'msg="a b"', " ", "level=error", "x", "500", "a=b"),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '{"status":"500"}',
      '{"status":500,"m":"é"}',
      '{"status":"5\\u00300"}',
      '{"s":{"t":"a b"}}',
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('status="5\\u00300"', "é", "K", "\u212a", "ERROR", "Error", "\n", "\\", '"'),
  },
);

/** Lines that query texts are in, sometimes: logfmt, JSON, escapes, broken UTF-8. */
export const lineBytes = fc
  .array(
    fc.oneof(
      { weight: 5, arbitrary: piece.map((text) => Buffer.from(text)) },
      { weight: 1, arbitrary: fc.constantFrom(...BROKEN) },
    ),
    { maxLength: 6 },
  )
  .map((pieces) =>
    Buffer.concat(pieces.flatMap((one, at) => (at === 0 ? [one] : [Buffer.from(at % 2 === 0 ? " " : ""), one]))),
  );

const metadata = fc.option(
  fc.constantFrom<LabelSet>({ status: "500" }, { "k8s.pod": "p1" }, { app: "other" }, { level: "warn", trace: "t" }),
  { nil: undefined, freq: 3 },
);

/** Rows of few times, streams and lines, so that ties and duplicates are common. */
export const archivedRows: fc.Arbitrary<readonly ArchivedRow[]> = fc.array(
  fc.record({ ts: fc.bigInt(0n, 12n), labels: fc.constantFrom(...STREAMS), line: lineBytes, metadata }),
  { minLength: 1, maxLength: 40 },
);

/** Rows in blocks that overlap as they like; blocks may hold copies of each other's rows, and rows out of order. */
export const archivedBlocks: fc.Arbitrary<readonly MemoryBlock[]> = archivedRows.chain((rows) =>
  fc
    .array(
      fc.record({
        picks: fc.array(fc.nat(rows.length - 1), { minLength: 1, maxLength: 15 }),
        sorted: fc.boolean(),
        secretive: fc.boolean(),
      }),
      { minLength: 1, maxLength: 6 },
    )
    .map((blocks) =>
      blocks.map(({ picks, sorted, secretive }) => {
        const own = picks.flatMap((pick) => rows[pick] ?? []);
        return { rows: sorted ? own.toSorted(byTime) : own, secretive };
      }),
    ),
);

function byTime(left: ArchivedRow, right: ArchivedRow): number {
  return left.ts < right.ts ? -1 : left.ts > right.ts ? 1 : 0;
}

export const queryTexts = fc
  .array(
    fc.constantFrom(
      '|= "status=500"',
      '|= "500" or "é"',
      '!= "500"',
      '!= "é" or "x"',
      '|= ""',
      '|= "\ufffd"',
      '|~ "5.0"',
      '|~ "status=(500|200)"',
      '|~ "500|200"',
      '|~ "(?i)error"',
      '|~ "(?i)k"',
      '|~ "a.*b"',
      '!~ "5\\\\d0"',
      '!~ "x|é"',
      "|> `<_>status=<_>`",
      "!> `<_>x<_>`",
      '| logfmt | status="500"',
      '| json | status="500"',
      '| json | s_t="a b"',
      '| logfmt | msg="a b"',
      '| logfmt | level="error" and status="500"',
      '| logfmt status | status!="500"',
      '| regexp "status=(?P<status>[0-9]+)" | status="500"',
      '| status="500"',
      '| k8s_pod="p1"',
      '| drop status | logfmt | status="500"',
      '| label_format status="500" | status="500"',
      '| line_format "{{.status}}" |= "500"',
      "| decolorize |= `500`",
      "| keep app",
    ),
    { maxLength: 3 },
  )
  .chain((stages) =>
    fc
      .constantFrom('{app=~".+"}', '{app="a"}', '{app=~"a|b", env!="dr"}', '{status="500"}')
      .map((selector) => `${selector} ${stages.join(" ")}`),
  )
  // Behind `keep app` a `!=` would be a matcher.
  .filter((text) => parseLogQl(text).ok);

export function logExpr(text: string): LogExpr {
  const parsed = parseLogQl(text);
  if (!parsed.ok || !isLogExpr(parsed.expr)) throw new Error(`no log query: ${text}`);
  return parsed.expr;
}

interface Stored extends ArchivedRow {
  readonly order: number;
  readonly at: number;
}

/** What a query has to give, the plain way: all rows sorted, equal ones dropped, each run through the pipeline as text. */
export function expectedRows(
  blocks: readonly MemoryBlock[],
  text: string,
  options: {
    readonly direction: Direction;
    readonly dropsDuplicates: boolean;
    readonly startNs: bigint;
    readonly endNs: bigint;
    readonly limit: number | null;
  },
): readonly SeenRow[] {
  const stored: Stored[] = blocks.flatMap(({ rows }, order) => rows.map((row, at) => ({ ...row, order, at })));
  const sorted = stored.toSorted((left, right) => {
    if (left.ts !== right.ts) return left.ts < right.ts ? -1 : 1;
    const [a, b] = [streamHash(left.labels), streamHash(right.labels)];
    if (a !== b) return a < b ? -1 : 1;
    return left.order - right.order || left.at - right.at;
  });
  const seen = new Set<string>();
  const unique = sorted.filter(({ ts, labels, line, metadata: own }) => {
    if (!options.dropsDuplicates) return true;
    const key = JSON.stringify([`${ts}`, formatLabelSet(labels), Buffer.from(line).toString("latin1"), own ?? null]);
    return !seen.has(key) && seen.add(key);
  });
  const pipeline = compileLogPipeline(logExpr(text));
  const passed = (options.direction === "backward" ? unique.toReversed() : unique).flatMap((row): SeenRow[] => {
    if (row.ts < options.startNs || row.ts >= options.endNs || !pipeline.matches(row.labels)) return [];
    const line = Buffer.from(row.line).toString("utf8");
    const run = pipeline.forStream(row.labels);
    if (!run.process(row.ts, line, row.metadata)) return [];
    const { stream, metadata: own, parsed } = run.result();
    const bytes = run.line === line ? Buffer.from(row.line) : Buffer.from(run.line);
    return [{ ts: row.ts, labels: formatLabelSet(stream), bytes: bytes.toString("latin1"), metadata: own, parsed }];
  });
  return options.limit === null ? passed : passed.slice(0, options.limit);
}

export function seenRows(batch: LogBatch): readonly SeenRow[] {
  const slice = (bytes: Uint8Array, offsets: Uint32Array, row: number): Buffer =>
    Buffer.from(bytes.subarray(offsets[row], offsets[row + 1]));
  return Array.from({ length: batch.rowCount }, (_, row) => {
    const extra = slice(batch.extraBytes, batch.extraOffsets, row).toString("utf8");
    const { m = {}, p = {} } =
      extra === "" ? {} : (JSON.parse(extra) as { readonly m?: LabelSet; readonly p?: LabelSet });
    return {
      ts: batch.timestampsNs[row] ?? 0n,
      labels: formatLabelSet(batch.streams[batch.streamRefs[row] ?? 0] ?? {}),
      bytes: slice(batch.lineBytes, batch.lineOffsets, row).toString("latin1"),
      metadata: m,
      parsed: p,
    };
  });
}
