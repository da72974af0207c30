import type { BlockRows } from "../archive-block.ts";
import { takesAny } from "./any-selector.ts";
import { scopeOf } from "./block-scope.ts";
import type { SurveyAnswer, SurveyRequest } from "./scan-protocol.ts";

/** Counts rows and bytes by stream, of the streams that any of the selectors takes; of all without one. */
export function surveyBlock(rows: BlockRows, { block, selectors, startNs, endNs }: SurveyRequest): SurveyAnswer {
  const takes = takesAny(selectors);
  const { picked, lines, bytes } = scopeOf(rows, { block, startNs, endNs, takes, probes: [] });
  const rowsByRef = new Float64Array(rows.streams.length);
  const bytesByRef = new Float64Array(rows.streams.length);
  for (const row of picked) {
    const ref = rows.streamRefs[row] ?? 0;
    rowsByRef[ref] = (rowsByRef[ref] ?? 0) + 1;
    bytesByRef[ref] = (bytesByRef[ref] ?? 0) + (rows.lineEnds[row] ?? 0) - (rows.lineStarts[row] ?? 0);
  }
  const present = Array.from(rows.streams.keys()).filter((ref) => (rowsByRef[ref] ?? 0) > 0);
  return {
    streams: present.map((ref) => rows.streams[ref] ?? {}),
    rowsByStream: Float64Array.from(present, (ref) => rowsByRef[ref] ?? 0),
    bytesByStream: Float64Array.from(present, (ref) => bytesByRef[ref] ?? 0),
    lines,
    bytes,
    problems: rows.problems,
  };
}
