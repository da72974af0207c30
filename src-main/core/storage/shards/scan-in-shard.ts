import { crc32c } from "@node-rs/crc32";
import type { ScanScope } from "../../../../src-shared/model/storage/scan.ts";
import type { StorageFinding } from "../../../../src-shared/model/storage-finding.ts";
import type { Clock } from "../../common/clock.ts";
import type { CheckMode, ChunkChecker } from "../integrity/chunk-checker.ts";
import { scanInto } from "../integrity/integrity-scan.ts";
import type { BucketLayout } from "../integrity/object-kind.ts";
import type { ScannedStore } from "../integrity/scanned-store.ts";
import { sampledBy } from "../scans/sample-window.ts";
import { newPart, type ScanPart } from "./scan-part.ts";
import type { ScanShard } from "./scan-shard.ts";

export interface ShardOptions {
  readonly store: ScannedStore;
  readonly layout: BucketLayout;
  readonly checker: ChunkChecker;
  readonly mode: CheckMode;
  readonly scope: ScanScope;
  readonly shard: ScanShard;
  /** Name of the scan that all its shards share. */
  readonly scan: string;
  readonly clock: Clock;
}

/**
 * Scans one shard of a bucket: lists all of it and reads every index file, and of chunks the bytes of its own. Rejects with what
 * the store's listing rejects with.
 */
export async function scanInShard(options: ShardOptions, signal: AbortSignal): Promise<ScanPart> {
  const { store, layout, checker, mode, scope, shard, scan, clock } = options;
  const startedAtMs = clock.nowMs();
  const findings: StorageFinding[] = [];
  const { samplePercent, ...reach } = scope;
  const totals = await scanInto(
    {
      store,
      layout,
      checker,
      mode,
      shard,
      scope: reach,
      // The same chunks for every shard of a scan, and others for another one.
      sampled: sampledBy({ from: crc32c(scan) % 100, percent: samplePercent }),
      nowMs: startedAtMs,
    },
    (finding) => findings.push(finding),
    signal,
  );
  const { objects, bytes, chunks, indexFiles, references, checked, skipped, checkedBytes, gaps } = totals;
  return newPart({
    scan,
    shard: { ...shard },
    mode,
    scope,
    store: store.title,
    startedAtMs,
    endedAtMs: clock.nowMs(),
    totals: { objects, bytes, chunks, indexFiles, references },
    counts: { checked, skipped, checkedBytes },
    gaps: gaps.slice(0, 1_000),
    findings,
  });
}
