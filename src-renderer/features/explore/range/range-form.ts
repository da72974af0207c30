import { nanoFromMs, NS_PER_SECOND, type NanoTime } from "../../../../src-shared/model/nano-time.ts";
import type { TimeZoneChoice } from "../../../hooks/formats.ts";
import type { RangeChoice } from "../../../hooks/workspace-store.ts";
import { parseRangeEnd, resolveRangeEnd, type RangeEndProblem } from "../../../hooks/range-expression.ts";

export type RangeFormProblem =
  | { readonly field: "from" | "to"; readonly problem: RangeEndProblem }
  | { readonly field: "to"; readonly problem: "reversed" };

/**
 * What two typed ends mean. `now-3h` to `now` stays relative and moves with the clock (its distance must then be whole
 * seconds); everything else becomes instants.
 */
export function readRangeForm(
  from: string,
  to: string,
  zone: TimeZoneChoice,
  nowMs: number,
): RangeChoice | readonly RangeFormProblem[] {
  const start = parseRangeEnd(from, zone);
  const end = parseRangeEnd(to, zone);
  if (typeof start === "string" || typeof end === "string") {
    const problems: RangeFormProblem[] = [];
    if (typeof start === "string") problems.push({ field: "from", problem: start });
    if (typeof end === "string") problems.push({ field: "to", problem: end });
    return problems;
  }
  const nowNs = nanoFromMs(nowMs);
  const startNs = resolveRangeEnd(start, nowNs);
  const endNs = resolveRangeEnd(end, nowNs);
  if (startNs >= endNs) return [{ field: "to", problem: "reversed" }];
  const lengthNs = endNs - startNs;
  if (start.kind === "now" && end.kind === "now" && end.beforeNs === 0n && lengthNs % NS_PER_SECOND === 0n) {
    return { kind: "relative", lastSeconds: Number(lengthNs / NS_PER_SECOND) };
  }
  return { kind: "absolute", startNs: String(startNs), endNs: String(endNs) };
}

/** The range of the same length right before (`-1`) or after (`1`), by half of it, so that an event at the edge stays in sight. */
export function shiftRange(startNs: NanoTime, endNs: NanoTime, direction: -1 | 1): RangeChoice {
  const stepNs = ((endNs - startNs) / 2n || 1n) * BigInt(direction);
  return { kind: "absolute", startNs: String(startNs + stepNs), endNs: String(endNs + stepNs) };
}

/** Twice as long around the same middle, not beyond now. */
export function zoomOutRange(startNs: NanoTime, endNs: NanoTime, nowNs: NanoTime): RangeChoice {
  const halfNs = (endNs - startNs) / 2n || 1n;
  const end = endNs + halfNs > nowNs && endNs <= nowNs ? nowNs : endNs + halfNs;
  return { kind: "absolute", startNs: String(startNs - halfNs), endNs: String(end) };
}

/**
 * The last part of an archive's own time. "The last 15 minutes" before now mean nothing there, those before its last line
 * do; `null` where the archive is no longer than that.
 */
export function endOfArchive(whole: RangeChoice, lastSeconds: number): RangeChoice | null {
  if (whole.kind === "relative") return null;
  const startNs = BigInt(whole.endNs) - BigInt(lastSeconds) * NS_PER_SECOND;
  return startNs <= BigInt(whole.startNs) ? null : { kind: "absolute", startNs: String(startNs), endNs: whole.endNs };
}

/** The instants that a choice is now: what moves with the clock would leave an archive behind. */
export function fixedRange(choice: RangeChoice, nowMs: number): RangeChoice {
  if (choice.kind === "absolute") return choice;
  const endNs = nanoFromMs(nowMs);
  return {
    kind: "absolute",
    startNs: String(endNs - BigInt(choice.lastSeconds) * NS_PER_SECOND),
    endNs: String(endNs),
  };
}
