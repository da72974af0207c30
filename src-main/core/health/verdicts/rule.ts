import type { EvidenceKind, EvidenceUnit } from "../../../../src-shared/model/health/verdict.ts";
import type { Measure } from "./measure.ts";

/** How much a figure must differ from what it is compared with: all three of them. */
export interface Difference {
  /** Own over the other, or the other over own where `low`. */
  readonly ratio: number;
  readonly score: number;
  /** In the figure's unit. */
  readonly least: number;
  /** Natural spread in ln, below which nobody's spread counts. */
  readonly noise: number;
  /** Added to both before they are divided. */
  readonly floor: number;
  /** It is being less that speaks against it. */
  readonly low?: boolean;
}

/** When a figure speaks against somebody. */
export type Threshold =
  /** With `timesMates`, where there are mates, so many times their median besides. */
  | { readonly over: number; readonly timesMates?: number }
  | { readonly under: number }
  /** Seconds since the last success: so many of its own intervals, but at least and at most so long. */
  | { readonly intervals: number; readonly least: number; readonly most: number }
  | { readonly mates?: Difference; readonly past?: Difference };

/**
 * One thing that may be wrong, as data: what is measured, on whom, from when on it counts and for how long it must last.
 * Rules only ever make `degraded`: who is gray, detection alone says.
 */
export interface Rule {
  readonly kind: EvidenceKind;
  /** Judged for each process, or for the processes of a component together. */
  readonly scope: "instance" | "component";
  readonly unit: EvidenceUnit;
  readonly measure: Measure;
  /** Labels whose every combination is a figure of its own, and the parameter's name each becomes. */
  readonly by?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, string | number>>;
  /** A parameter that is another figure of the same processes, and must itself be `over` something. */
  readonly paramOf?: { readonly name: string; readonly measure: Measure; readonly over: number };
  readonly raises: Threshold;
  /** It must have been so for this long; 0 where the window itself is the memory. */
  readonly raiseAfterMs: number;
  readonly clearAfterMs: number;
  /** Components whose every version exports the family: one that does not is doubted. */
  readonly alwaysOn?: readonly string[];
}
