import { nanoFromMs, type TimeRange } from "../../../../../src-shared/model/nano-time.ts";
import type { LogSource } from "../../../logs/log-source.ts";
import type { CostListener } from "../../../logs/request-cost.ts";
import { FRONTEND_FILTERS, selectorOf } from "./line-place.ts";

/** Labels by which collectors tell a pod's part, the most telling first. */
const PART_LABELS = [
  "component",
  "app_kubernetes_io_component",
  "container",
  "container_name",
  "app",
  "service_name",
  "job",
  "name",
  "pod",
];
/** Of a query frontend, of the part that holds one (read, single binary), in names of charts and by hand. */
const FRONTEND = /query-?frontend/i;
const HOLDS_ONE = /(?:^|[-_/])(?:loki|read|single-?binary|all)(?:$|[-_/\d])/i;
const PROBE_MS = 3_600_000;
const MAX_VALUES = 200;

/**
 * Looks whether a tenant holds the query frontends' own lines, by label names, their values, and one line of the last hour.
 * `null` where there is none. Throws what the source throws.
 */
export async function findFrontendLines(
  source: LogSource,
  nowMs: number,
  onCost: CostListener,
  signal: AbortSignal,
): Promise<string | null> {
  const range: TimeRange = { startNs: nanoFromMs(nowMs - PROBE_MS), endNs: nanoFromMs(nowMs) };
  const labels = new Set(await source.labels(range, null, signal));
  for (const label of PART_LABELS.filter((one) => labels.has(one))) {
    const values = (await source.labelValues(label, range, null, signal)).slice(0, 10 * MAX_VALUES);
    for (const pattern of [FRONTEND, HOLDS_ONE]) {
      const fitting = values.filter((value) => pattern.test(value)).slice(0, MAX_VALUES);
      if (fitting.length === 0) continue;
      const selector = selectorOf(label, fitting);
      if (await hasLine(source, `${selector} ${FRONTEND_FILTERS}`, range, onCost, signal)) return selector;
    }
  }
  return null;
}

async function hasLine(
  source: LogSource,
  expr: string,
  range: TimeRange,
  onCost: CostListener,
  signal: AbortSignal,
): Promise<boolean> {
  for await (const event of source.read({ expr, range, direction: "backward", limit: 1 }, signal, onCost)) {
    if (event.kind === "batch" && event.batch.rowCount > 0) return true;
  }
  return false;
}
