import { AppError } from "../../src-shared/errors/app-error.ts";
import { NS_PER_MS } from "../../src-shared/model/nano-time.ts";
import { scanScopeSchema, type ScanScope } from "../../src-shared/model/storage/scan.ts";
import { MOST_SHARDS, scanNameSchema } from "../core/storage/shards/scan-part.ts";
import type { ScanShard } from "../core/storage/shards/scan-shard.ts";
import { parseInstant } from "./time-arguments.ts";

/** What a scan is about, as commander hands it on. */
export interface ScopeOptions {
  readonly tenant?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly sample: string;
}

/** @throws AppError `request.invalid` with the option at fault */
export function scopeOf({ tenant, from, to, sample }: ScopeOptions, nowMs: number): ScanScope {
  const instant = (text: string | undefined): number | null =>
    text === undefined ? null : Number(parseInstant(text, nowMs) / NS_PER_MS);
  const parsed = scanScopeSchema.safeParse({
    tenants: tenant === undefined ? null : [...tenant],
    fromMs: instant(from),
    throughMs: instant(to),
    samplePercent: Number(sample.replace(/%$/, "")),
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const option = issue?.path[0] === "tenants" ? "--tenant" : "--sample";
  throw new AppError("request.invalid", { path: option, problem: (issue?.message ?? "").slice(0, 200) });
}

/** `INDEX/COUNT`. @throws AppError `request.invalid` */
export function shardOf(text: string): ScanShard {
  const [, index = "", count = ""] = /^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (index !== "" && shard.count >= 1 && shard.count <= MOST_SHARDS && shard.index < shard.count) return shard;
  throw new AppError("request.invalid", { path: "--shard", problem: "0/8 to 7/8" });
}

/** @throws AppError `request.invalid` */
export function scanNameOf(text: string): string {
  const parsed = scanNameSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new AppError("request.invalid", { path: "--scan-name", problem: "a-z, 0-9 and -, at most 40" });
}
