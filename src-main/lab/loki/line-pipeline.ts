import type { LogExpr, Stage } from "../../../src-shared/logql/ast.ts";
import { compileLogPipeline, type StreamPipeline } from "../../../src-shared/logql/log-pipeline.ts";
import { ERROR_LABEL } from "../../../src-shared/logql/pipeline/labels-builder.ts";
import type { LabelSet } from "../../../src-shared/model/labels.ts";
import { escapeGoJson } from "../format/go-json.ts";
import type { StoredEntry } from "../store/entry.ts";
import type { EntryChunk } from "../store/entry-chunk.ts";
import type { LabStream } from "../store/stream.ts";
import type { CategorizedLabels } from "./log-answer.ts";

/** What a query's stages make of one line. */
export interface PipelineLine {
  readonly line: string;
  readonly labels: CategorizedLabels;
  /** Neither the line nor a label differs from what is stored, so the stored bytes may be the answer. */
  readonly unchanged: boolean;
}

/** The stages of a query, ready to run over stored entries. */
export interface LinePipeline {
  /** Whether a stage asks for a label that may be structured metadata, for the answer's `stats`. */
  readonly referencesMetadata: boolean;
  /** Looks for the literals of line filters in the stored bytes; false only for lines that cannot pass. */
  mayMatch(chunk: EntryChunk, index: number): boolean;
  run(stream: LabStream, chunk: EntryChunk, index: number): PipelineLine | null;
  runEntry(stream: LabStream, entry: StoredEntry): PipelineLine | null;
}

/** The texts that every line that passes must contain, from the filters before anything changes the line. */
export function requiredLiterals(stages: readonly Stage[]): string[] {
  const literals: string[] = [];
  for (const stage of stages) {
    if (stage.kind === "lineFormat" || stage.kind === "unpack" || stage.kind === "decolorize") break;
    if (stage.kind !== "lineFilter" || stage.op !== "|=") continue;
    const [only, ...others] = stage.operands;
    if (only !== undefined && others.length === 0 && !only.ip && only.text !== "") literals.push(only.text);
  }
  return literals;
}

/** Finds the entries of a chunk whose stored line contains all of some texts, a chunk at a time. */
export class LiteralIndex {
  private readonly needles: readonly Buffer[];
  private readonly candidates = new WeakMap<EntryChunk, Uint8Array>();

  constructor(literals: readonly string[]) {
    // Escaping is done character by character, so an escaped text is found in an escaped line whenever the text is in the
    // line; it may be found by accident as well (`n` in `\n`), which the evaluator then corrects.
    this.needles = literals.map((literal) => Buffer.from(escapeGoJson(literal)));
  }

  mayContain(chunk: EntryChunk, index: number): boolean {
    if (this.needles.length === 0) return true;
    let known = this.candidates.get(chunk);
    if (known === undefined) {
      known = this.scan(chunk);
      this.candidates.set(chunk, known);
    }
    return known[index] === this.needles.length;
  }

  /** How many of the texts each entry contains. */
  private scan(chunk: EntryChunk): Uint8Array {
    const found = new Uint8Array(chunk.count);
    for (const [which, needle] of this.needles.entries()) {
      let entry = 0;
      for (let at = chunk.bytes.indexOf(needle); at >= 0;) {
        while ((chunk.starts[entry + 1] ?? 0) <= at) entry += 1;
        const inLine = at + needle.length <= (chunk.middles[entry] ?? 0);
        if (inLine && found[entry] === which) found[entry] = which + 1;
        // On to the next entry after a hit in the line, past the hit when it was in the metadata.
        at = chunk.bytes.indexOf(needle, inLine ? (chunk.starts[entry + 1] ?? 0) : at + 1);
      }
    }
    return found;
  }
}

/** The stages of an expression; `null` when it has none and stored entries are the answer. */
export function compileLines(expr: LogExpr, nowNs: () => bigint): LinePipeline | null {
  if (expr.stages.length === 0) return null;
  const literals = new LiteralIndex(requiredLiterals(expr.stages));
  const pipeline = compileLogPipeline(expr, { compat: "loki", nowNs });
  const byStream = new Map<LabelSet, StreamPipeline>();
  const onlyFilters = expr.stages.every(({ kind }) => kind === "lineFilter" || kind === "labelFilter");
  const onlyLineFilters = expr.stages.every(({ kind }) => kind === "lineFilter");

  const runEntry = (stream: LabStream, entry: StoredEntry): PipelineLine | null => {
    let own = byStream.get(stream.labels);
    if (own === undefined) {
      own = pipeline.forStream(stream.labels);
      byStream.set(stream.labels, own);
    }
    if (!own.process(entry.timestampNs, entry.line, entry.metadata)) return null;
    if (onlyLineFilters) {
      return {
        line: entry.line,
        labels: { stream: stream.labels, metadata: entry.metadata, parsed: {} },
        unchanged: true,
      };
    }
    const { stream: kept, metadata, parsed } = own.result();
    // A filter that fails on a value leaves a line in, with an error as a label.
    const unchanged = onlyFilters && parsed[ERROR_LABEL] === undefined;
    return { line: own.line, labels: { stream: kept, metadata, parsed }, unchanged };
  };
  return {
    referencesMetadata: expr.stages.some(({ kind }) => kind === "labelFilter"),
    mayMatch: (chunk, index) => literals.mayContain(chunk, index),
    run: (stream, chunk, index) => runEntry(stream, chunk.entryAt(index)),
    runEntry,
  };
}
