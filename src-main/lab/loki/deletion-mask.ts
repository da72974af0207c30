import type { LogExpr } from "../../../src-shared/logql/ast.ts";
import { compileLogPipeline, type StreamPipeline } from "../../../src-shared/logql/log-pipeline.ts";
import { compileSelector } from "../../../src-shared/logql/pipeline/matchers.ts";
import type { LabelSet } from "../../../src-shared/model/labels.ts";
import type { LineMask } from "../store/masked-stream.ts";

export interface Deletion {
  readonly expr: LogExpr;
  readonly startMs: number;
  readonly endMs: number;
}

/** The lines that a delete request removes: whole streams where its query has no filters. */
export function deletionMask({ expr, startMs, endMs }: Deletion, nowNs: () => bigint): LineMask {
  const picks = compileSelector(expr.selector.matchers);
  const bounds = { startNs: BigInt(Math.floor(startMs)) * 1_000_000n, endNs: BigInt(Math.floor(endMs)) * 1_000_000n };
  if (expr.stages.length === 0) return { ...bounds, picks, removes: () => true };
  const pipeline = compileLogPipeline(expr, { compat: "loki", nowNs });
  const byStream = new Map<LabelSet, StreamPipeline>();
  return {
    ...bounds,
    picks,
    removes: (labels, entry) => {
      let own = byStream.get(labels);
      if (own === undefined) {
        own = pipeline.forStream(labels);
        byStream.set(labels, own);
      }
      return own.process(entry.timestampNs, entry.line, entry.metadata);
    },
  };
}
