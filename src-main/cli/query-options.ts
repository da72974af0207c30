import type { Direction } from "../../src-shared/model/log-query.ts";
import type { AssumptionOptions } from "./assumption-options.ts";
import type { SourceOptions } from "./source-options.ts";
import type { SpendingOptions } from "./spending-options.ts";

export interface QueryOptions extends SourceOptions, AssumptionOptions, SpendingOptions {
  readonly from?: string;
  readonly to?: string;
  readonly at?: string;
  readonly limit: string;
  readonly direction: Direction;
  readonly step?: string;
  readonly batch?: string;
  readonly compat?: "documented" | "loki";
  readonly requireComplete?: boolean;
  readonly output: "text" | "ndjson" | "json" | "loki-json";
}

export interface TailOptions extends SourceOptions {
  readonly since?: string;
  readonly output: "text" | "ndjson" | "json";
}
