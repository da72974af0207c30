import type { LabelSet } from "../model/labels.ts";
import type { LogExpr } from "./ast.ts";
import { LabelsBuilder } from "./pipeline/labels-builder.ts";
import { type LabelsResult, LabelsResultCache } from "./pipeline/labels-result.ts";
import type { LineState, PipelineOptions, StageRunner } from "./pipeline/line-state.ts";
import { compileSelector } from "./pipeline/matchers.ts";
import { NO_HINTS, type ParserHints } from "./pipeline/parser-hints.ts";
import { compileStages, earlyFilters } from "./pipeline/pipeline.ts";

/** Options of every evaluation; by default the documented meaning and the clock of the machine. */
export type EvalOptions = Partial<PipelineOptions>;

export function withDefaults(options: EvalOptions): PipelineOptions {
  return {
    compat: options.compat ?? "documented",
    nowNs: options.nowNs ?? (() => BigInt(Date.now()) * 1_000_000n),
  };
}

/**
 * The pipeline of a query for the lines of one stream. After `process` gave true, `line` is the line as the pipeline left it
 * and `result()` its labels; both hold until the next call.
 */
export interface StreamPipeline {
  process(timestampNs: bigint, line: string, metadata?: LabelSet): boolean;
  readonly line: string;
  result(): LabelsResult;
}

export interface LogPipeline {
  /** Whether the selector takes a stream. */
  readonly matches: (labels: LabelSet) => boolean;
  readonly forStream: (labels: LabelSet) => StreamPipeline;
}

class CompiledStream implements StreamPipeline {
  private readonly state: LineState;
  private readonly stages: readonly StageRunner[];
  private readonly results = new LabelsResultCache();
  private unchanged: LabelsResult | null = null;

  constructor(labels: LabelSet, stages: readonly StageRunner[], hints: ParserHints) {
    this.state = { line: "", timestampNs: 0n, labels: new LabelsBuilder(labels, hints) };
    this.stages = stages;
  }

  get line(): string {
    return this.state.line;
  }

  process(timestampNs: bigint, line: string, metadata?: LabelSet): boolean {
    const { state, stages } = this;
    state.line = line;
    state.timestampNs = timestampNs;
    state.labels.reset(metadata);
    for (let at = 0; at < stages.length; at++) {
      const stage = stages[at];
      if (stage !== undefined && !stage(state)) return false;
    }
    return true;
  }

  result(): LabelsResult {
    const { labels } = this.state;
    if (!labels.isUnchanged()) return this.results.of(labels);
    return (this.unchanged ??= this.results.of(labels));
  }
}

/** Compiles a log query once; `forStream` then gives what runs over the lines of a stream. */
export function compileLogPipeline(expr: LogExpr, options: EvalOptions = {}): LogPipeline {
  const full = withDefaults(options);
  const stages = compileStages(expr, full);
  const hints: ParserHints = { ...NO_HINTS, earlyFilters: earlyFilters(expr.stages, full) };
  return {
    matches: compileSelector(expr.selector.matchers),
    forStream: (labels) => new CompiledStream(labels, stages, hints),
  };
}
