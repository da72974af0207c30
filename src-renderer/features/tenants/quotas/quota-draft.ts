import { parseByteSize } from "../../../../src-shared/logql/text/byte-size.ts";
import { tenantIdProblem } from "../../../../src-shared/model/tenant-id.ts";
import { MAX_COST_BYTES } from "../../../../src-shared/model/tenants/query-cost.ts";
import { quotaScopeSchema, type Quota, type QuotaScope } from "../../../../src-shared/model/tenants/quota.ts";

/** The form of a quota: sizes and shares as they were typed. */
export interface QuotaDraft {
  readonly kind: QuotaScope["kind"];
  readonly name: string;
  readonly period: QuotaScope["period"];
  readonly limit: string;
  readonly hard: string;
  /** Per cent of the limit. */
  readonly warn: number | null;
}

export const EMPTY_QUOTA: QuotaDraft = { kind: "tenant", name: "", period: "month", limit: "", hard: "", warn: 80 };

const MOST_BYTES = MAX_COST_BYTES * 1_000;

const EXACT: readonly (readonly [string, number])[] = [
  ["TiB", 2 ** 40],
  ["TB", 1e12],
  ["GiB", 2 ** 30],
  ["GB", 1e9],
  ["MiB", 2 ** 20],
  ["MB", 1e6],
];

/** Bytes in the largest unit that needs no rounding, so that reading it back gives the same number. */
export function exactSize(bytes: number): string {
  for (const [unit, size] of EXACT) if (bytes !== 0 && bytes % size === 0) return `${bytes / size} ${unit}`;
  return String(bytes);
}

/** `500 GB`, `1.5 TiB`, `1,000,000`: KB, MB, GB are powers of 1000, KiB, MiB, GiB of 1024. `null` when it is no size. */
export function readSize(text: string): number | null {
  const read = parseByteSize(text.trim());
  return read.ok && Number.isFinite(read.bytes) ? read.bytes : null;
}

export type QuotaProblem =
  | "name-empty"
  | "name-tenant"
  | "name-role"
  | "name-taken"
  | "size"
  | "size-bounds"
  | "hard-below"
  | "warn";
export type QuotaField = "name" | "limit" | "hard" | "warn";

/** What is wrong with a draft, by field; empty when it can be saved. `taken`: scopes that have a quota already. */
export function quotaProblems(
  draft: QuotaDraft,
  taken: readonly QuotaScope[],
): Partial<Readonly<Record<QuotaField, QuotaProblem>>> {
  const name = nameProblem(draft, taken);
  const limit = sizeProblem(draft.limit);
  const hard = sizeProblem(draft.hard) ?? (limit === null && isBelow(draft.hard, draft.limit) ? "hard-below" : null);
  const warn = draft.warn === null || draft.warn < 1 || draft.warn > 100 ? "warn" : null;
  return {
    ...(name === null ? {} : { name }),
    ...(limit === null ? {} : { limit }),
    ...(hard === null ? {} : { hard }),
    ...(warn === null ? {} : { warn }),
  } as const;
}

function nameProblem({ kind, name, period }: QuotaDraft, taken: readonly QuotaScope[]): QuotaProblem | null {
  const trimmed = name.trim();
  if (trimmed === "") return "name-empty";
  if (kind === "tenant" && tenantIdProblem(trimmed) !== null) return "name-tenant";
  if (!quotaScopeSchema.safeParse({ kind, name: trimmed, period }).success) return "name-role";
  return taken.some((scope) => scope.kind === kind && scope.name === trimmed && scope.period === period)
    ? "name-taken"
    : null;
}

function sizeProblem(text: string): QuotaProblem | null {
  const bytes = readSize(text);
  if (bytes === null) return "size";
  return bytes < 1 || bytes > MOST_BYTES ? "size-bounds" : null;
}

function isBelow(hard: string, limit: string): boolean {
  return (readSize(hard) ?? 0) < (readSize(limit) ?? 0);
}

/** The quota that a draft without problems is. */
export function quotaOf({ kind, name, period, limit, hard, warn }: QuotaDraft): Quota {
  return {
    scope: { kind, name: name.trim(), period },
    bytes: readSize(limit) ?? 0,
    hardBytes: readSize(hard) ?? 0,
    warnShare: (warn ?? 0) / 100,
  };
}

export function draftOf({ scope, bytes, hardBytes, warnShare }: Quota): QuotaDraft {
  return { ...scope, limit: exactSize(bytes), hard: exactSize(hardBytes), warn: Math.round(warnShare * 100) };
}
