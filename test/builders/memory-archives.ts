import type { ArchiveBlock, BlockPlace, BlockProblem, BlockRows } from "../../src-main/core/archive/archive-block.ts";
import type { ArchiveContents } from "../../src-main/core/archive/archive-contents.ts";
import type { ArchiveScanner, ScanJob } from "../../src-main/core/archive/scan/archive-scanner.ts";
import { BlockScanner } from "../../src-main/core/archive/scan/block-scanner.ts";
import type { ScanAnswers, ScanRequest } from "../../src-main/core/archive/scan/scan-protocol.ts";
import { AppError } from "../../src-shared/errors/app-error.ts";
import { COMPLETE } from "../../src-shared/model/completeness.ts";
import { labelsKey } from "../../src-shared/logql/metric/series.ts";
import type { LabelSet } from "../../src-shared/model/labels.ts";

/** One entry as it is archived; a line may be bytes that are no text. */
export interface ArchivedRow {
  readonly ts: bigint;
  readonly labels: LabelSet;
  readonly line: string | Uint8Array;
  readonly metadata?: LabelSet | undefined;
  readonly parsed?: LabelSet | undefined;
}

export interface MemoryBlock {
  readonly rows: readonly ArchivedRow[];
  readonly tenant?: string;
  /** The block says nothing of its streams and rows before it is read. */
  readonly secretive?: boolean;
  readonly problems?: readonly BlockProblem[];
  readonly error?: AppError;
  /** What the archive tells of the block, where that is not so. */
  readonly claims?: Partial<ArchiveBlock>;
}

export interface MemoryArchive {
  readonly contents: ArchiveContents;
  /** Reads on the test's own thread, in turns. */
  readonly pool: ArchiveScanner & { readonly scanned: string[] };
}

export const MEMORY_TENANT = "bank-a";

/** An archive whose blocks are in memory, and a scanner that decodes them. */
export function memoryArchive(
  blocks: readonly MemoryBlock[],
  options: { readonly dropsDuplicates?: boolean; readonly threads?: number } = {},
): MemoryArchive {
  const decoded = new Map<MemoryBlock, BlockRows>();
  const readers = {
    decode: async (place: BlockPlace) => {
      const block = place.kind === "chunk" ? blocks[Number(place.key)] : undefined;
      if (block === undefined) throw new Error("no such block");
      if (block.error !== undefined) throw block.error;
      const known = decoded.get(block) ?? blockRows(block);
      decoded.set(block, known);
      return known;
    },
    indexText: () => Promise.reject(new Error("nothing to index")),
    chunkHead: () => Promise.reject(new Error("no head")),
  };
  return {
    contents: {
      kind: "bucket",
      title: "memory",
      blocks: blocks.map(describe),
      tenants: [...new Set(blocks.map(({ tenant = MEMORY_TENANT }) => tenant))],
      formats: ["memory"],
      problems: [],
      completeness: COMPLETE,
      provenance: null,
      assumptions: {},
      dropsDuplicates: options.dropsDuplicates ?? false,
    },
    pool: inlineScanner(new BlockScanner(readers), options.threads ?? 2),
  };
}

function describe(block: MemoryBlock, key: number): ArchiveBlock {
  const { rows, tenant = MEMORY_TENANT, secretive = false } = block;
  const times = rows.map(({ ts }) => ts);
  const streams = new Map(rows.map(({ labels }) => [labelsKey(labels), labels]));
  return {
    place: { kind: "chunk", file: `memory/${key}`, key: String(key) },
    tenant,
    minNs: times.reduce((least, ts) => (ts < least ? ts : least), times[0] ?? 0n),
    maxNs: times.reduce((most, ts) => (ts > most ? ts : most), times[0] ?? 0n),
    rows: secretive ? null : rows.length,
    bytes: rows.reduce((total, { line }) => total + Buffer.from(line).length, 0),
    streams: secretive ? null : [...streams.values()],
    sorted: times.every((ts, at) => at === 0 || ts >= (times[at - 1] ?? 0n)),
    ...block.claims,
  };
}

function blockRows({ rows, problems = [] }: MemoryBlock): BlockRows {
  const streams: LabelSet[] = [];
  const numbers = new Map<string, number>();
  const lines = rows.map(({ line }) => Buffer.from(line));
  // As in Parquet, something that belongs to no line is between them.
  const gap = Buffer.from([0xff, 0x00]);
  const lineStarts = new Uint32Array(rows.length);
  const lineEnds = new Uint32Array(rows.length);
  let at = 0;
  for (const [row, line] of lines.entries()) {
    at += gap.length;
    lineStarts[row] = at;
    at += line.length;
    lineEnds[row] = at;
  }
  const streamRefs = Uint32Array.from(rows, ({ labels }) => {
    const key = labelsKey(labels);
    const known = numbers.get(key) ?? streams.push(labels) - 1;
    numbers.set(key, known);
    return known;
  });
  const hasMetadata = rows.some(({ metadata }) => metadata !== undefined);
  const hasParsed = rows.some(({ parsed }) => parsed !== undefined);
  return {
    rowCount: rows.length,
    timestampsNs: BigInt64Array.from(rows, ({ ts }) => ts),
    streams,
    streamRefs,
    bytes: new Uint8Array(Buffer.concat(lines.flatMap((line) => [gap, line]))),
    lineStarts,
    lineEnds,
    metadata: hasMetadata ? (row) => rows[row]?.metadata : null,
    parsed: hasParsed ? (row) => rows[row]?.parsed : null,
    problems,
  };
}

function inlineScanner(scanner: BlockScanner, threads: number): MemoryArchive["pool"] {
  const scanned: string[] = [];
  return {
    threads,
    scanned,
    async scan<Kind extends ScanRequest["kind"]>(
      _job: ScanJob,
      request: Extract<ScanRequest, { readonly kind: Kind }>,
      signal: AbortSignal,
    ): Promise<ScanAnswers[Kind]> {
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (signal.aborted) throw new AppError("request.cancelled", {});
      if ("block" in request && request.block.place.kind === "chunk") scanned.push(request.block.place.key);
      const { answer, transfer } = await scanner.run(structuredClone(request));
      // As between threads: what is not transferred must be plain data. A request is answered with its kind's answer.
      return structuredClone(answer, { transfer: [...transfer] }) as ScanAnswers[Kind];
    },
    indexText: () => Promise.reject(new Error("nothing to index")),
    chunkHead: () => Promise.reject(new Error("no head")),
  };
}

/** Rows cut into blocks of a size. */
export function inBlocks(rows: readonly ArchivedRow[], size: number): MemoryBlock[] {
  const blocks: MemoryBlock[] = [];
  for (let from = 0; from < rows.length; from += size) blocks.push({ rows: rows.slice(from, from + size) });
  return blocks;
}
