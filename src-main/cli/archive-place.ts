import { AppError } from "../../src-shared/errors/app-error.ts";
import type { TimeRange } from "../../src-shared/model/nano-time.ts";
import type { ArchiveContents } from "../core/archive/archive-contents.ts";
import { parseInstant, parseRange } from "./time-arguments.ts";

/** Whether `--source` is a place on disk and no address. */
export function isPlaceOnDisk(source: string | undefined): source is string {
  return source !== undefined && !/^https?:\/\//i.test(source);
}

/** The tenant that is meant: the one named, or the only one there is. */
export function archiveTenant({ tenants }: ArchiveContents, named: string | undefined): string {
  if (named !== undefined) {
    if (!tenants.includes(named)) throw new AppError("archive.tenant-unknown", { tenant: named });
    return named;
  }
  const [only, ...others] = tenants;
  if (only === undefined || others.length > 0) throw new AppError("tenants.required", {});
  return only;
}

/** All of a tenant's time; empty at the epoch for a tenant without rows. */
export function archiveRange({ blocks }: ArchiveContents, tenant: string): TimeRange {
  const own = blocks.filter((block) => block.tenant === tenant);
  const [first] = own;
  if (first === undefined) return { startNs: 0n, endNs: 1n };
  let startNs = first.minNs;
  let lastNs = first.maxNs;
  for (const { minNs, maxNs } of own) {
    if (minNs < startNs) startNs = minNs;
    if (maxNs > lastNs) lastNs = maxNs;
  }
  return { startNs, endNs: lastNs + 1n };
}

/** `--from` and `--to`; what is not said reaches to the archive's own end. */
export function rangeWithin(
  whole: TimeRange,
  from: string | undefined,
  to: string | undefined,
  nowMs: number,
): TimeRange {
  if (from !== undefined && to !== undefined) return parseRange(from, to, nowMs);
  const startNs = from === undefined ? whole.startNs : parseInstant(from, nowMs);
  const endNs = to === undefined ? whole.endNs : parseInstant(to, nowMs);
  if (endNs < startNs) throw new AppError("logs.range-reversed", {});
  return { startNs, endNs };
}
