import { RateBucket } from "../../../common/rate-bucket.ts";
import { AppError } from "../../../../../src-shared/errors/app-error.ts";
import { parseChunkKey } from "../../../common/loki-format/chunk-key.ts";
import { inTransaction } from "../../../common/sqlite-database.ts";
import type { RestorePlan, RestoreRequest } from "../../../../../src-shared/model/storage/restore.ts";
import type { StorageProblem } from "../../../../../src-shared/model/storage/storage-plan.ts";
import { restoreSteps } from "../apply/restore-steps.ts";
import { Candidates, type ChosenBy } from "./candidates.ts";
import { CanaryBook } from "./canary-book.ts";
import { ChunkJudge } from "./chunk-judge.ts";
import { Classifier, type Classified } from "./classifier.ts";
import { ASSUMED_RATE, estimatedMs, requestsOf } from "./estimate.ts";
import { LostLedger } from "./lost-ledger.ts";
import { isLive, type PlanEnd, type PlanProgress, type RestorePlanParts } from "./plan-parts.ts";
import { ItemWriter } from "./plan-items.ts";
import { planProblems } from "./plan-problems.ts";
import { planTables, type TablesPlan } from "./plan-tables.ts";
import { PlanFolder, RESTORE_PLAN_LIFETIME_MS, type KeptRestorePlan } from "./planned-restore-files.ts";
import { PlanWriter } from "./plan-writer.ts";
import { isExpired } from "./preflight/loki-checks.ts";
import type { LokiFacts } from "./preflight/preflight-parts.ts";
import { References } from "./references.ts";
import { prefixesOf, scopeOf, type PlanScope } from "./restore-scope.ts";
import { scratchProblem } from "./scratch-check.ts";
import { storeStates, versionStates } from "./walk-listings.ts";
import { itemOf, judgedCandidates, type Judged } from "./write-items.ts";

/** Candidates that are judged together. */
const JUDGED_AT_ONCE = 1_000;

/**
 * Makes the plan of a restore, or with `into` of a drill, and keeps it in its folder. Reads the bucket's and the source's
 * listings, every index file that it needs, and every object that it counts as whole; writes nothing to any store. Memory is
 * some 60 bytes a chunk. Rejects with what the stores reject with, `storage.listing-broken`, `storage.unsupported` where a bucket
 * keeps no versions, and `storage.too-many-chunks`; then nothing of it is left.
 */
export async function makeRestorePlan(
  parts: RestorePlanParts,
  request: RestoreRequest,
  tell: (progress: PlanProgress) => void,
  signal: AbortSignal,
): Promise<KeptRestorePlan> {
  using folder = new PlanFolder(parts.root, parts.id);
  return await new PlanMaker(parts, request, tell).make(folder, signal);
}

class PlanMaker {
  readonly #parts: RestorePlanParts;
  readonly #request: RestoreRequest;
  readonly #tell: (progress: PlanProgress) => void;
  readonly #scope: PlanScope;
  readonly #source: PlanEnd;
  readonly #isDrill: boolean;
  readonly #pace: RateBucket;
  readonly #lost = new LostLedger();
  readonly #canaries = new CanaryBook();
  #versionsListed = 0;
  /** Of the candidates, what was asked of the source and what it had whole. */
  readonly #asked = { missing: 0, damaged: 0, read: 0, whole: 0, othersLost: 0 };
  readonly #passedOver = { orphans: 0, outdated: 0 };
  readonly #expired = { chunks: 0, tenants: new Set<string>() };

  constructor(parts: RestorePlanParts, request: RestoreRequest, tell: (progress: PlanProgress) => void) {
    this.#parts = parts;
    this.#request = request;
    this.#tell = tell;
    this.#scope = scopeOf(request, parts.targets);
    this.#source = parts.source ?? parts.bucket;
    this.#isDrill = parts.into !== null;
    const { bytesPerSecond } = parts.bucket.opened.config;
    this.#pace = new RateBucket(request.bytesPerSecond ?? bytesPerSecond, parts.clock);
  }

  async make(folder: PlanFolder, signal: AbortSignal): Promise<KeptRestorePlan> {
    const parts = this.#parts;
    const scratch = await this.#scratchProblem(signal);
    const target = parts.into ?? parts.bucket.opened;
    const loki = this.#isDrill || !isLive(target) ? null : await parts.loki(signal);
    using candidates = new Candidates(folder.directory);
    const classified = await this.#classify(candidates, signal);
    const references = new References({ ...classified, ...this.#books() });
    const tables = await this.#planTables(classified, references, signal);
    const written = new PlanWriter(new ItemWriter(folder.database));
    await this.#writeCandidates(folder, candidates, { references, written, loki }, signal);
    inTransaction(folder.database, () => this.#writeIndex(tables, written));
    const plan = await this.#plan({ classified, tables, written, loki, scratch }, signal);
    candidates[Symbol.dispose]();
    return await folder.finish({ plan, stores: this.#stores() });
  }

  #books() {
    return { scope: this.#scope, lost: this.#lost, canaries: this.#canaries };
  }

  async #scratchProblem(signal: AbortSignal): Promise<StorageProblem | null> {
    const { bucket, source, into } = this.#parts;
    if (into === null) return null;
    return await scratchProblem({ bucket: bucket.opened, source: source?.opened ?? null, into }, signal);
  }

  async #classify(candidates: Candidates, signal: AbortSignal): Promise<Classified> {
    const { bucket } = this.#parts;
    const { opened } = bucket;
    let judged = 0;
    const classifier = new Classifier({
      scope: this.#scope,
      layout: opened.layout,
      bucket: opened.store,
      areEtagsContent: opened.folder === null && this.#source.opened.folder === null,
      isDrill: this.#isDrill,
      scan: this.#parts.scan,
      judge: this.#judgeOf(bucket),
      candidates,
      onJudged: (objects) => {
        judged += objects;
        if (objects > 0) this.#progress("source", judged, null);
      },
    });
    for await (const { states, listed } of await this.#states(signal)) {
      this.#versionsListed += listed;
      this.#progress("listing", this.#versionsListed, null);
      await classifier.take(states, signal);
    }
    return await classifier.finish(signal);
  }

  async #states(signal: AbortSignal): Promise<ReturnType<typeof versionStates>> {
    const { source } = this.#request;
    const { store, layout, folder } = this.#parts.bucket.opened;
    const prefixes = prefixesOf(this.#scope, layout.indexPrefix);
    if (source.kind === "store") return storeStates(store, this.#source.opened.store, prefixes, signal);
    const keepsNone = folder !== null || (await store.versioning(signal)) === "off";
    if (keepsNone) throw new AppError("storage.unsupported", { store: store.title, action: "versions" });
    return versionStates(store, prefixes, source.asOfMs, signal);
  }

  async #planTables(classified: Classified, references: References, signal: AbortSignal): Promise<TablesPlan> {
    const { bucket, indexReader } = this.#parts;
    return await planTables(
      classified.indexes,
      {
        scope: this.#scope,
        indexPrefix: bucket.opened.layout.indexPrefix,
        bucket: bucket.opened.store,
        source: this.#source.opened.store,
        reader: indexReader,
        references,
        isDrill: this.#isDrill,
        onRead: (files) => this.#progress("index", files, classified.indexes.length),
      },
      signal,
    );
  }

  async #writeCandidates(
    { database }: PlanFolder,
    candidates: Candidates,
    into: { readonly references: References; readonly written: PlanWriter; readonly loki: LokiFacts | null },
    signal: AbortSignal,
  ): Promise<void> {
    const source = { store: this.#source.opened.store, judge: this.#judgeOf(this.#source) };
    let done = 0;
    for (const kind of ["chunk", "other"] as const) {
      const isChosen = (candidate: ChosenBy) => candidate.kind === kind && this.#isChosen(candidate, into.references);
      for (const page of candidates.pages(JUDGED_AT_ONCE, isChosen)) {
        // oxlint-disable-next-line no-await-in-loop -- so many at a time are in memory
        const judged = await judgedCandidates(page, source, signal);
        inTransaction(database, () => {
          for (const each of judged) this.#writeCandidate(each, into);
        });
        done += page.length;
        if (page.length > 0) this.#progress("verifying", done, null);
      }
    }
  }

  /** Chunks that no index names are asked for, or left alone. */
  #isChosen({ key, kind }: ChosenBy, references: References): boolean {
    const chunk = kind === "chunk" ? parseChunkKey(key)?.key : undefined;
    if (chunk === undefined || this.#isDrill || this.#scope.targets !== null || references.isNamed(chunk)) return true;
    if (references.isOutdated(chunk)) this.#passedOver.outdated += 1;
    else this.#passedOver.orphans += 1;
    return false;
  }

  #writeCandidate(
    { candidate, chunk, version }: Judged,
    {
      references,
      written,
      loki,
    }: { readonly references: References; readonly written: PlanWriter; readonly loki: LokiFacts | null },
  ): void {
    const { state } = candidate;
    this.#asked[candidate.isDamaged ? "damaged" : "missing"] += 1;
    this.#asked.read += 1;
    if (version === null) {
      if (chunk === null) this.#asked.othersLost += 1;
      else this.#lost.add(chunk, references.labelsOf(chunk));
      return;
    }
    this.#asked.whole += 1;
    const about =
      chunk === null
        ? ({ kind: "other", tenant: null, fromMs: null, throughMs: null } as const)
        : ({ kind: "chunk", tenant: chunk.tenant, fromMs: chunk.fromMs, throughMs: chunk.throughMs } as const);
    written.add(itemOf(state, version, about));
    this.#canaries.settle(state.key);
    if (chunk === null || loki === null || !isExpired(loki.retention, chunk, this.#parts.clock.nowMs())) return;
    this.#expired.chunks += 1;
    this.#expired.tenants.add(chunk.tenant);
  }

  #writeIndex({ restored }: TablesPlan, written: PlanWriter): void {
    for (const { entry, version } of restored) {
      const { index, state } = entry;
      const about =
        index.kind === "compacted"
          ? { tenant: index.tenant, fromMs: index.fromMs, throughMs: index.throughMs }
          : { tenant: null, fromMs: null, throughMs: null };
      written.add(itemOf(state, version, { kind: "index", ...about }));
    }
  }

  async #plan(
    made: {
      readonly classified: Classified;
      readonly tables: TablesPlan;
      readonly written: PlanWriter;
      readonly loki: LokiFacts | null;
      readonly scratch: StorageProblem | null;
    },
    signal: AbortSignal,
  ): Promise<RestorePlan> {
    const { classified, tables, written, loki, scratch } = made;
    const { clock, id, into, bucket } = this.#parts;
    const request = this.#request;
    const target = into ?? bucket.opened;
    const asked = this.#asked;
    const { canaries, leftOut } = this.#canaries.canaries();
    const copiesInside = request.source.kind === "versions" && into === null;
    const expired = { chunks: this.#expired.chunks, tenants: [...this.#expired.tenants] };
    const { bytes, chunks, indexFiles, objects, replaced } = written;
    const read = asked.read + tables.missing + tables.damaged;
    const whole = asked.whole + tables.restored.length;
    this.#progress("preflight", 0, null);
    const writes = { bytes, objects, replaced, read, whole, expired };
    const preflight = await this.#parts.preflight(target, writes, loki, signal);
    const keepsVersions = preflight.some(({ check, state }) => check === "versioning" && state === "passed");
    const lostIndexes = tables.lost.length + tables.stays.length;
    const named = this.#lost.chunks - (asked.read - asked.whole - asked.othersLost);
    const rate = this.#parts.rate() ?? ASSUMED_RATE;
    const createdAtMs = clock.nowMs();
    const problems = planProblems({
      objects,
      replaced,
      keepsVersions,
      lostChunks: this.#lost.chunks,
      lostStreams: this.#lost.streams,
      lostMinutes: this.#lost.minutes(),
      ...this.#passedOver,
      indexReplaced: tables.replaced,
      indexLost: tables.lost,
      indexStays: tables.stays,
      unjudged: classified.unjudged,
      others: written.others,
      othersDiffer: classified.othersDiffer,
      boltdbMissing: classified.boltdbMissing,
      expired,
      canariesLeftOut: leftOut,
    });
    return {
      id,
      request,
      purpose: into === null ? "restore" : "drill",
      createdAtMs,
      expiresAtMs: createdAtMs + RESTORE_PLAN_LIFETIME_MS,
      counts: {
        sound: classified.sound.size + tables.sound,
        missing: asked.missing + tables.missing + named,
        damaged: asked.damaged + tables.damaged,
        restorable: objects,
        lost: this.#lost.chunks + asked.othersLost + lostIndexes,
        versionsListed: this.#versionsListed,
      },
      chunks,
      indexFiles,
      bytes,
      requests: requestsOf(objects, copiesInside, canaries.length),
      estimatedMs: estimatedMs({ bytes, objects }, rate, request.bytesPerSecond ?? target.config.bytesPerSecond),
      rate: { bytesPerSecond: rate.bytesPerSecond, basis: rate.basis },
      items: [...written.shown],
      lost: [...this.#lost.shown()],
      lostStreams: this.#lost.streams,
      lostMinutes: this.#lost.minutes(),
      diff: written.diff(),
      problems: [...(scratch === null ? [] : [scratch]), ...problems],
      preflight: [...preflight],
      steps: restoreSteps({
        target: target.store.title,
        source: this.#source.opened.store.title,
        copiesInside,
        chunks,
        indexFiles,
        bytes,
        compactor: runningCompactor(loki),
        canaries: canaries.length,
        live: into === null && isLive(target),
      }),
      canaries: [...canaries],
    };
  }

  #judgeOf({ opened, checker }: PlanEnd): ChunkJudge {
    return new ChunkJudge({
      store: opened.store.title,
      checker,
      mode: this.#request.verify,
      pace: this.#pace,
    });
  }

  #stores(): KeptRestorePlan["stores"] {
    const { bucket, source, into } = this.#parts;
    const opened = [bucket.opened, source?.opened, into].filter((each) => each !== null && each !== undefined);
    return Object.fromEntries(opened.map(({ id, config }) => [id, config]));
  }

  #progress(phase: PlanProgress["phase"], done: number, total: number | null): void {
    this.#tell({ kind: "progress", phase, done, total });
  }
}

/** One that does not run is not paused, and not started afterwards either. */
function runningCompactor(loki: LokiFacts | null): LokiFacts["compactor"] {
  const compactor = loki?.compactor ?? null;
  return compactor === null || (compactor.replicas === 0 && compactor.running === 0) ? null : compactor;
}
