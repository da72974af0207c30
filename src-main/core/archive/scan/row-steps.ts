import type { RangeAggregation } from "../../../../src-shared/logql/ast.ts";
import {
  firstWindowNs,
  offsetFinder,
  stepFinder,
  type StepGrid,
  type StepSpan,
} from "../../../../src-shared/logql/metric/step-grid.ts";
import { timeHalves } from "./time-halves.ts";

/** The steps of rows by their number. */
export function rowSteps(
  timestampsNs: BigInt64Array,
  { range }: Pick<RangeAggregation, "range">,
  grid: StepGrid,
): (row: number, span: StepSpan) => void {
  const { intervalNs, offsetNs } = range;
  const find = offsetFinder(grid, intervalNs);
  if (find === null) {
    const findNs = stepFinder(grid, intervalNs, offsetNs);
    return (row, span) => findNs(timestampsNs[row] ?? 0n, span);
  }
  const halves = timeHalves(timestampsNs);
  const baseNs = firstWindowNs(grid, intervalNs, offsetNs);
  const baseHigh = Number(baseNs >> 32n);
  const baseLow = Number(baseNs & 0xffffffffn);
  // Rows are of the windows' reach, so that differences are exact.
  return (row, span) =>
    find(((halves[2 * row + 1] ?? 0) - baseHigh) * 4_294_967_296 + (((halves[2 * row] ?? 0) >>> 0) - baseLow), span);
}
