import type { Completeness } from "../../../../src-shared/model/completeness.ts";
import type { ResultSetId } from "../../../../src-shared/model/ids.ts";
import { nanoFromMs, NS_PER_SECOND } from "../../../../src-shared/model/nano-time.ts";
import { isMetricQuery } from "../../../../src-shared/logql/editor/edit-query.ts";
import type { LogTarget } from "../../../../src-shared/api/log-target.ts";
import type { RangeChoice } from "../../../hooks/workspace-store.ts";
import type { ExploreSnapshot } from "../session/explore-session.ts";
import type { RowRange } from "../session/copy-rows.ts";
import type { ResultSetView } from "../session/result-set-view.ts";
import { isReversed, resolveRange, type RunPlan } from "../session/run-plan.ts";
import { selectedRange, type RowSelection } from "../rows/row-selection.ts";

/** The rows that are on the screen, as they can be saved. */
export interface RowsAtHand {
  readonly set: ResultSetId;
  readonly total: number;
  /** `null` where no stretch of more than one row is chosen. */
  readonly chosen: RowRange | null;
  readonly completeness: Completeness;
  /** Still being read or followed. */
  readonly growing: boolean;
}

/** What "export" is about at the moment it is asked for. */
export interface ExportSubject {
  readonly plan: RunPlan;
  /** Seconds of a relative range; `null` for instants that were chosen. */
  readonly lastSeconds: number | null;
  readonly live: boolean;
  readonly rows: RowsAtHand | null;
}

interface SubjectParts {
  readonly snapshot: ExploreSnapshot;
  /** The rows shown: the whole result, or what a filter leaves. */
  readonly view: ResultSetView | null;
  readonly selection: RowSelection;
  readonly target: LogTarget | null;
  readonly range: RangeChoice;
  readonly draft: string;
  readonly nowMs: number;
}

/**
 * What was run last; before any run what stands in the editor. A tail has no end, so its range ends now. `null` where there
 * is nothing to export.
 */
export function exportSubject(parts: SubjectParts): ExportSubject | null {
  const plan = planAtHand(parts);
  if (plan === null) return null;
  const { snapshot, view, range } = parts;
  // The range may have been changed since the run: it is that run's only where its length is.
  const isOfPlan = range.kind === "relative" && lengthNs(plan) === BigInt(range.lastSeconds) * NS_PER_SECOND;
  const lastSeconds = isOfPlan ? range.lastSeconds : null;
  return { plan, lastSeconds, live: snapshot.live, rows: view === null ? null : rowsAtHand(view, parts.selection) };
}

function planAtHand({ snapshot, target, range, draft, nowMs }: SubjectParts): RunPlan | null {
  const { plan, live } = snapshot;
  if (plan !== null && !live) return plan;
  if (plan !== null) {
    const endNs = String(nanoFromMs(nowMs));
    return { ...plan, range: { startNs: resolveRange(range, nowMs).startNs, endNs } };
  }
  const query = draft.trim();
  const instants = resolveRange(range, nowMs);
  if (target === null || query === "" || isReversed(instants)) return null;
  return {
    target,
    query,
    range: instants,
    direction: "backward",
    limit: null,
    kind: isMetricQuery(query) ? "metric" : "logs",
  };
}

function lengthNs({ range }: RunPlan): bigint {
  return BigInt(range.endNs) - BigInt(range.startNs);
}

function rowsAtHand(view: ResultSetView, selection: RowSelection): RowsAtHand | null {
  const { state } = view.snapshot;
  if (state.rows === 0) return null;
  const chosen = selectedRange(selection);
  return {
    set: view.id,
    total: state.rows,
    chosen: chosen.to - chosen.from > 1 ? chosen : null,
    completeness: state.completeness,
    growing: state.phase === "reading" || state.phase === "tailing" || state.phase === "reconnecting",
  };
}
