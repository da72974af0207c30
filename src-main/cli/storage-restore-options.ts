import { AppError } from "../../src-shared/errors/app-error.ts";
import { restoreRequestSchema, type RestoreRequest } from "../../src-shared/model/storage/restore.ts";
import type { StoreConfig, StoreId } from "../../src-shared/model/storage/store.ts";
import type { OutputFormat } from "./command-context.ts";
import { sizeArgument } from "./size-argument.ts";
import { parseInstant } from "./time-arguments.ts";

/** What a restore or its plan is asked for with, as commander hands it on. */
export interface RestoreOptions {
  readonly store?: string;
  readonly asOf?: string;
  readonly fromStore?: string;
  readonly tenant?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly deep?: boolean;
  readonly indexPrefix?: string;
  readonly bytesPerSecond?: string;
  readonly yes?: boolean;
  readonly reason?: string;
  readonly output: OutputFormat;
}

/** Where a store is that a command names. */
export interface NamedStore {
  readonly id: StoreId;
  readonly config: StoreConfig;
}

/** What the options ask for, of stores that were found. @throws AppError `request.invalid` with the option at fault */
export function restoreRequestOf(
  options: RestoreOptions,
  stores: { readonly store: NamedStore; readonly source: NamedStore | null },
  nowMs: number,
): RestoreRequest {
  const { asOf, tenant, from, to, deep = false, bytesPerSecond } = options;
  if ((asOf === undefined) === (stores.source === null)) {
    throw invalid("--as-of", "one of --as-of, a time that versions are taken of, and --from-store, a copy");
  }
  const source =
    stores.source === null
      ? { kind: "versions", asOfMs: instantMs(asOf ?? "", nowMs) }
      : { kind: "store", store: stores.source.id };
  const parsed = restoreRequestSchema.safeParse({
    store: stores.store.id,
    source,
    scope: {
      tenants: tenant === undefined ? null : [...tenant],
      fromMs: from === undefined ? null : instantMs(from, nowMs),
      throughMs: to === undefined ? null : instantMs(to, nowMs),
    },
    findings: null,
    verify: deep ? "deep" : "fast",
    into: null,
    bytesPerSecond: bytesPerSecond === undefined ? null : sizeArgument("--bytes-per-second", bytesPerSecond),
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalid(issue?.path.join(".") ?? "", issue?.message ?? "");
}

function instantMs(text: string, nowMs: number): number {
  return Number(parseInstant(text, nowMs) / 1_000_000n);
}

function invalid(path: string, problem: string): AppError {
  return new AppError("request.invalid", { path, problem: problem.slice(0, 200) });
}
