import type { BucketDay, BucketGrowth, ScanScope } from "../../../../src-shared/model/storage/scan.ts";
import { STORAGE_SEVERITIES, type StorageFinding } from "../../../../src-shared/model/storage-finding.ts";
import type { ObjectInfo } from "../object-store.ts";
import type { ScannedStore } from "./scanned-store.ts";
import type { ScanShard } from "../shards/scan-shard.ts";
import { BucketDays, tenantSizes } from "./bucket-days.ts";
import { CheckLanes } from "./check-lanes.ts";
import type { CheckMode, ChunkChecker, ChunkVerdict, ListedChunk } from "./chunk-checker.ts";
import { inThreadChunkChecker } from "./in-thread-chunk-checker.ts";
import { IndexPass } from "./index-pass.ts";
import { allObjects, Inventory } from "./inventory.ts";
import { lookAgain } from "./look-again.ts";
import { DEFAULT_LAYOUT, type BucketLayout } from "./object-kind.ts";
import { readIndexes } from "./read-indexes.ts";
import { reconciled } from "./reconcile.ts";
import { ScanGaps, type ScanGap } from "./scan-gaps.ts";
import { EVERYTHING, ScanReach } from "./scan-reach.ts";
import { ScanSpill } from "./scan-spill.ts";
import { StreamLabels } from "./stream-labels.ts";
import type { VerdictMemory } from "./verdict-memory.ts";

export interface ScanOptions {
  readonly store: ScannedStore;
  readonly mode: CheckMode;
  readonly layout?: BucketLayout;
  /** Of the same store; in this thread without. */
  readonly checker?: ChunkChecker;
  /** Of one index file, unpacked. */
  readonly indexMaxBytes?: number;
  /**
   * Only the bytes of these chunks, and findings about these objects; those about an index are told as far as they concern these
   * chunks. `mergeShards` makes one report of all shards' again.
   */
  readonly shard?: ScanShard;
  /** Tenants and times that are looked at; everything without. */
  readonly scope?: Omit<ScanScope, "samplePercent">;
  /** Whether a chunk's bytes are to be read, by its key; all are without. */
  readonly sampled?: (key: string) => boolean;
  /** What need not be read again; everything is without. */
  readonly memory?: VerdictMemory;
  /** Milliseconds since the epoch; chunks that end so late may not be in an index yet. The system's time without. */
  readonly nowMs?: number;
  readonly onProgress?: (done: ScanProgress) => void;
}

export interface ScanProgress {
  readonly phase: "chunks" | "index" | "compare";
  readonly objects: number;
  readonly bytes: number;
  /** Of chunks and index files that were listed so far, and whether they are all. */
  readonly totalBytes: number;
  readonly listed: boolean;
  /** Whose chunk was looked at last. */
  readonly tenant: string | null;
  readonly checked: number;
  readonly reused: number;
  readonly skipped: number;
  readonly checkedBytes: number;
}

/** What a scan has counted. */
export interface ScanTotals {
  readonly objects: number;
  readonly bytes: number;
  readonly chunks: number;
  readonly indexFiles: number;
  readonly references: number;
  readonly checked: number;
  readonly reused: number;
  readonly skipped: number;
  readonly checkedBytes: number;
  readonly gaps: readonly ScanGap[];
  readonly days: Iterable<BucketDay>;
  readonly daysLeftOut: number;
  readonly tenants: BucketGrowth["tenants"];
}

export interface ScanReport extends Pick<ScanTotals, "objects" | "bytes" | "chunks" | "indexFiles" | "references"> {
  readonly findings: readonly StorageFinding[];
}

/** Ingesters rotate their index every 15 minutes and upload it a minute later: what is younger may be named soon. */
const INDEX_DELAY_MS = 20 * 60_000;

/**
 * Reads a whole bucket and says what is wrong with it, the worst first, then by key. For who can hold all findings in memory; see
 * `scanInto`.
 */
export async function scanBucket(options: ScanOptions, signal: AbortSignal): Promise<ScanReport> {
  const findings: StorageFinding[] = [];
  const totals = await scanInto(options, (finding) => findings.push(finding), signal);
  const { objects, bytes, chunks, indexFiles, references } = totals;
  findings.sort(
    (a, b) =>
      STORAGE_SEVERITIES.indexOf(a.severity) - STORAGE_SEVERITIES.indexOf(b.severity) ||
      (a.key < b.key ? -1 : a.key > b.key ? 1 : 0),
  );
  return { findings, objects, bytes, chunks, indexFiles, references };
}

/**
 * Reads a bucket: every chunk against its key, every index file, and both against each other. Findings are given one by one, in no
 * order. Holds some sixty bytes of each chunk, what the checker has in flight, and one index file. Rejects with what the store's
 * listing rejects with; an object that cannot be read is a finding, one that changes while it is read a gap.
 */
export async function scanInto(
  options: ScanOptions,
  onFinding: (finding: StorageFinding) => void,
  signal: AbortSignal,
): Promise<ScanTotals> {
  const { store, mode, layout = DEFAULT_LAYOUT, checker = inThreadChunkChecker(store), memory } = options;
  using spill = new ScanSpill();
  const inventory = new Inventory(layout, spill);
  const { book } = inventory;
  const reach = new ScanReach(options.scope ?? EVERYTHING, options.shard ?? null);
  const gaps = new ScanGaps();
  const run = new ScanRun(options, inventory, spill, gaps);
  const lanes = new CheckLanes(checker, mode, signal, (listed, verdict) => run.onVerdict(listed, verdict));
  const look = async (listed: ListedChunk): Promise<void> => {
    if (!reach.chunk(listed.chunk)) run.onDone(listed.object);
    else if (run.needsReading(listed)) await lanes.add(listed);
  };
  for (const prefix of reach.prefixes(layout.indexPrefix)) {
    for await (const object of allObjects(store, prefix, signal)) {
      const listed = inventory.take(object);
      if (listed !== null) await look(listed);
    }
  }
  run.listed = true;
  await lanes.finish();
  run.phase = "index";
  const pass = new IndexPass(book, {
    spill,
    concerns: (chunk) => reach.chunk(chunk),
    ...(options.indexMaxBytes === undefined ? {} : { maxBytes: options.indexMaxBytes }),
  });
  for (const { chunk } of spill.damaged()) pass.want(chunk);
  const onDone = (object: ObjectInfo): void => run.onDone(object);
  await readIndexes({ store, layout, inventory, pass, gaps, onDone }, signal);
  const concerns = (chunk: Parameters<ScanReach["chunk"]>[0]): boolean => reach.chunk(chunk);
  const notAsked = await lookAgain({ store, spill, inventory, concerns, onFound: look }, signal);
  await lanes.finish();
  memory?.flush();
  gaps.add("not-asked-again", "", notAsked);
  gaps.add("missing-left-out", "", spill.danglingLeftOut);
  run.phase = "compare";
  const days = new BucketDays();
  days.count(book, pass, (tenant, fromMs, throughMs) => reach.chunk({ tenant, fingerprint: 0n, fromMs, throughMs }));
  for (const dangling of spill.dangling()) days.missing(dangling);
  const labels = new StreamLabels(store);
  const nowMs = options.nowMs ?? Date.now();
  const findings = reconciled({
    book,
    spill,
    pass,
    layout,
    reach,
    labelsOf: async (chunk, key) => pass.labelsOf(chunk.tenant, chunk.fingerprint) ?? labels.of(chunk, key, signal),
    settled: ({ throughMs }) => Math.abs(nowMs - throughMs) > INDEX_DELAY_MS,
  });
  for await (const finding of findings) {
    days.found(finding);
    onFinding(finding);
  }
  gaps.add("labels-left-out", "", labels.leftOut);
  if (options.scope === undefined || (!reach.timed && options.scope.tenants === null)) {
    memory?.forgetBut((key) => inventory.hasChunk(key));
  }
  const { objects, bytes, indexes } = inventory;
  return {
    objects,
    bytes,
    chunks: book.size,
    indexFiles: indexes.length,
    references: pass.references,
    ...run.counts,
    gaps: gaps.list(),
    days: days.rows(),
    daysLeftOut: days.leftOut,
    tenants: tenantSizes(book),
  };
}

/** What became of each chunk, and how far a scan is. */
class ScanRun {
  readonly #options: ScanOptions;
  readonly #inventory: Inventory;
  readonly #spill: ScanSpill;
  readonly #gaps: ScanGaps;
  readonly counts = { checked: 0, reused: 0, skipped: 0, checkedBytes: 0 };
  #objects = 0;
  #bytes = 0;
  #tenant: string | null = null;
  phase: ScanProgress["phase"] = "chunks";
  listed = false;

  constructor(options: ScanOptions, inventory: Inventory, spill: ScanSpill, gaps: ScanGaps) {
    this.#options = options;
    this.#inventory = inventory;
    this.#spill = spill;
    this.#gaps = gaps;
  }

  /** Whether a chunk is to be read: it is of the sample, and nothing that still holds is known of it. */
  needsReading(listed: ListedChunk): boolean {
    const remembered = this.#options.memory?.recall(listed) ?? null;
    if (remembered === null) {
      if (this.#options.sampled?.(listed.object.key) !== false) return true;
      this.counts.skipped += 1;
    } else {
      if (remembered.ofThisScan) this.#countRead(listed);
      else this.counts.reused += 1;
      this.#book(listed, remembered.verdict);
    }
    this.#tenant = listed.chunk.tenant;
    this.onDone(listed.object);
    return false;
  }

  onVerdict(listed: ListedChunk, verdict: ChunkVerdict): void {
    this.#tenant = listed.chunk.tenant;
    if (verdict.kind !== "gone") this.#countRead(listed);
    this.#options.memory?.remember(listed, verdict);
    this.#book(listed, verdict);
    this.onDone(listed.object);
  }

  onDone({ sizeBytes }: ObjectInfo): void {
    this.#objects += 1;
    this.#bytes += sizeBytes;
    this.#options.onProgress?.({
      phase: this.phase,
      objects: this.#objects,
      bytes: this.#bytes,
      totalBytes: this.#inventory.bytesToRead,
      listed: this.listed,
      tenant: this.#tenant,
      ...this.counts,
    });
  }

  #countRead({ object }: ListedChunk): void {
    this.counts.checked += 1;
    this.counts.checkedBytes += object.sizeBytes;
  }

  #book({ object, chunk }: ListedChunk, verdict: ChunkVerdict): void {
    const { book } = this.#inventory;
    switch (verdict.kind) {
      case "sound":
        book.markSound(chunk);
        return;
      case "gone":
        book.forget(chunk);
        return;
      case "damaged":
        book.markDamaged(chunk);
        this.#spill.addDamaged({ key: object.key, sizeBytes: object.sizeBytes, damage: verdict.damage });
        return;
      case "unreadable":
        // Somebody writes it: nothing can be said of it, least of all that it is damaged.
        if (verdict.code === "storage.changed") this.#gaps.add("object-changed", object.key);
        else {
          book.markDamaged(chunk);
          this.#spill.addUnreadable({ object, code: verdict.code });
        }
    }
  }
}
