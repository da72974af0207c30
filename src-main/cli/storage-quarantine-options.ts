import { AppError } from "../../src-shared/errors/app-error.ts";
import { quarantineRequestSchema, type QuarantineRequest } from "../../src-shared/model/storage/quarantine.ts";
import type { StoreId } from "../../src-shared/model/storage/store.ts";
import type { OutputFormat } from "./command-context.ts";

/** Options of `storage quarantine` as commander hands them on. */
export interface QuarantineOptions {
  readonly output: OutputFormat;
  readonly store: string;
  readonly indexPrefix: string;
  readonly key?: readonly string[];
  readonly scan?: string;
  readonly finding?: readonly string[];
  /** Of `undo`. */
  readonly batch?: string;
  readonly yes?: boolean;
  readonly reason?: string;
}

/** What the options ask for. @throws AppError `request.invalid` with the option at fault */
export function quarantineRequest(options: QuarantineOptions, store: StoreId): QuarantineRequest {
  const { key, scan, finding, batch } = options;
  if (batch !== undefined) return parsed({ kind: "undo", store, batch }, "batch");
  if ((key === undefined) === (finding === undefined))
    throw invalid("--key", "one of --key, and --scan with --finding");
  if ((finding === undefined) !== (scan === undefined)) throw invalid("--scan", "--scan goes with --finding");
  if (key !== undefined) return parsed({ kind: "set-aside-keys", store, keys: key }, "--key");
  return parsed({ kind: "set-aside", store, scan, findings: finding }, "--finding");
}

function parsed(request: unknown, option: string): QuarantineRequest {
  const read = quarantineRequestSchema.safeParse(request);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw invalid(issue?.path[0] === "scan" ? "--scan" : option, issue?.message ?? "");
}

function invalid(path: string, problem: string): AppError {
  return new AppError("request.invalid", { path, problem: problem.slice(0, 200) });
}
