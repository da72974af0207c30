import type { LimitYaml } from "../../../../../src-shared/model/tenants/limit.ts";
import type { RefusalFacts } from "../../refusal/explain-refusal.ts";
import type { RuntimeOverride } from "../runtime-overrides.ts";
import type { RuntimeProblem } from "../runtime-problem.ts";

/** What of a runtime configuration leaves the thread at once; a tenant's own values are asked for one by one. */
export interface OverridesSummary {
  /** Names it to the thread; 0 is never used. */
  readonly handle: number;
  readonly loads: boolean;
  /** At most 200, refusals first. */
  readonly problems: readonly RuntimeProblem[];
  /** In the order of the file; the arrays are in the same order. */
  readonly tenants: readonly string[];
  readonly counts: Uint32Array;
  /** By key, the comparable numbers of those values that were asked for; `NaN` where a tenant has none of its own. */
  readonly numbers: Readonly<Record<string, Float64Array>>;
}

/** What the console needs of a component's `/config`; `null` for what it does not say. */
export interface ConfigFacts {
  readonly limits: Readonly<Record<string, LimitYaml>> | null;
  readonly runtimeFiles: readonly string[];
  readonly replicationFactor: number | null;
  readonly maxOutstandingPerTenant: number | null;
  /** As it is printed, `2h0m0s`. */
  readonly maxChunkAge: string | null;
  readonly maxReceiveBytes: number | null;
}

export type ReadingRequest =
  | { readonly kind: "overrides"; readonly text: string; readonly keys: readonly string[] }
  | { readonly kind: "tenant"; readonly handle: number; readonly tenant: string }
  | { readonly kind: "config"; readonly text: string }
  | { readonly kind: "published"; readonly text: string }
  | { readonly kind: "refusals"; readonly text: string };

/** By the kind of a request. `null`: the thread does not know that handle any more, or the text is no mapping. */
export interface ReadingAnswers {
  readonly overrides: OverridesSummary;
  readonly tenant: readonly RuntimeOverride[] | null;
  readonly config: ConfigFacts | null;
  readonly published: Readonly<Record<string, LimitYaml>> | null;
  readonly refusals: readonly RefusalFacts[];
}

export interface ReadingMessage {
  readonly id: number;
  readonly request: ReadingRequest;
}

export type ReadingReply =
  | { readonly id: number; readonly answer: ReadingAnswers[keyof ReadingAnswers] }
  | { readonly id: number; readonly problem: string };
