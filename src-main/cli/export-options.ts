import { resolve } from "node:path";
import { AppError } from "../../src-shared/errors/app-error.ts";
import { REDACTION_PATTERNS, type RedactionPattern } from "../../src-shared/model/redaction-pattern.ts";
import { type S3Place, s3PlaceSchema } from "../../src-shared/api/exports.api.ts";
import type { AssumptionOptions } from "./assumption-options.ts";
import type { OutputFormat } from "./command-context.ts";
import type { SourceOptions } from "./source-options.ts";
import type { SpendingOptions } from "./spending-options.ts";

export interface ExportCommandOptions extends SourceOptions, AssumptionOptions, SpendingOptions {
  readonly archive: string;
  readonly from?: string;
  readonly to?: string;
  readonly parallel: string;
  readonly rate?: string;
  readonly redact?: string;
  readonly requireComplete?: boolean;
  readonly output: OutputFormat;
}

export type ExportPlace =
  | { readonly kind: "folder"; readonly directory: string }
  | { readonly kind: "s3"; readonly place: S3Place };

/** `--archive`, `--store`: a folder, or the address of a prefix in a store. */
export function parsePlace(text: string, option = "--archive"): ExportPlace {
  if (!text.startsWith("s3://")) return { kind: "folder", directory: resolve(text) };
  const invalid = (problem: string) => new AppError("request.invalid", { path: option, problem });
  const url = URL.parse(text);
  if (url === null) throw invalid(text);
  const parameters = new Map<string, string>();
  for (const [name, value] of url.searchParams) {
    if (name !== "endpoint" && name !== "region" && name !== "ca-file") throw invalid(`?${name}`);
    parameters.set(name, value);
  }
  const prefix = decoded(url.pathname.replace(/^\//, ""));
  if (prefix === null) throw invalid(text);
  const endpoint = parameters.get("endpoint");
  const region = parameters.get("region");
  const caFile = parameters.get("ca-file");
  const parsed = s3PlaceSchema.safeParse({
    bucket: url.host,
    prefix,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
    ...(caFile === undefined ? {} : { caFile }),
  });
  if (parsed.success) return { kind: "s3", place: parsed.data };
  throw invalid(parsed.error.issues[0]?.message ?? text);
}

/** `null` for what is not percent-encoded as a URL must be. */
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

export function parseParallel(text: string): number {
  const parallel = Number(text);
  if (Number.isInteger(parallel) && parallel >= 1 && parallel <= 16) return parallel;
  throw new AppError("request.invalid", { path: "--parallel", problem: text });
}

export function parseRate(text: string | undefined): number | null {
  if (text === undefined) return null;
  const rate = Number(text);
  if (Number.isSafeInteger(rate) && rate >= 1) return rate;
  throw new AppError("request.invalid", { path: "--rate", problem: text });
}

export function parseRedaction(text: string | undefined): readonly RedactionPattern[] {
  const names = (text ?? "").split(",").map((name) => name.trim());
  const wanted = names.filter((name) => name !== "");
  const unknown = wanted.find((name) => !REDACTION_PATTERNS.some((pattern) => pattern === name));
  if (unknown !== undefined) throw new AppError("request.invalid", { path: "--redact", problem: unknown });
  return REDACTION_PATTERNS.filter((pattern) => wanted.includes(pattern));
}
