import type { LabelsBuilder } from "./labels-builder.ts";

/** A line on its way through a pipeline. */
export interface LineState {
  line: string;
  timestampNs: bigint;
  readonly labels: LabelsBuilder;
}

/** One stage, ready to run: `false` drops the line. */
export type StageRunner = (state: LineState) => boolean;

export interface PipelineOptions {
  /** `loki` repeats the known bugs of Loki 3.7.6 (loki-376-bugs.ts); by default the documented meaning holds. */
  readonly compat: "documented" | "loki";
  /** The time of `now` in templates; nanoseconds since the epoch. */
  readonly nowNs: () => bigint;
}
