import { randomUUID } from "node:crypto";
import { AppError } from "../../../../../src-shared/errors/app-error.ts";
import { planIdSchema, type JobId, type PlanId } from "../../../../../src-shared/model/ids.ts";
import type { RestorePlanEvent, RestoreRequest } from "../../../../../src-shared/model/storage/restore.ts";
import { SCAN_MODES, type ScanSummary } from "../../../../../src-shared/model/storage/scan.ts";
import type { Preflight } from "../../../../../src-shared/model/storage/storage-plan.ts";
import type { StoreId } from "../../../../../src-shared/model/storage/store.ts";
import type { Clock } from "../../../common/clock.ts";
import type { Logger } from "../../../common/logger.ts";
import type { WorkerLocator } from "../../../common/worker-entry.ts";
import { StorageCheckPool } from "../../check/storage-check-pool.ts";
import type { RecoveryCaller } from "../../recovery-desks.ts";
import type { ScanResults } from "../../scans/scan-results.ts";
import type { OpenedStore, StoreOpener } from "../../stores/opened-store.ts";
import type { PlannedRestore } from "../planned-restore.ts";
import type { RestoreRate } from "./estimate.ts";
import { IndexReader } from "./index-reader.ts";
import { makeRestorePlan } from "./make-plan.ts";
import { planEvents } from "./plan-events.ts";
import { isLive, type PlanEnd, type PlanProgress, type RestorePlanParts } from "./plan-parts.ts";
import { targetsOf } from "./plan-targets.ts";
import { cleanPlans, keptPlan, markTaken, type KeptRestorePlan } from "./planned-restore-files.ts";
import type { LokiFacts, PreflightParts } from "./preflight/preflight-parts.ts";
import { runPreflight } from "./preflight/run-preflight.ts";
import { DAMAGED_KINDS, ScanWord } from "./scan-word.ts";

/** Makes plans of restores and drills, and hands them to who applies them. */
export interface RestorePlans {
  /** Tells how far it is, and at its end the plan, which is kept for an hour. Rejects with `storage.*`. */
  plan(request: RestoreRequest, caller: RecoveryCaller, signal: AbortSignal): AsyncIterable<RestorePlanEvent>;
  /**
   * Gives the plan to a job: from now on its folder stays until `discardPlannedRestore(directory)`; after a restart the job opens
   * it with `openPlannedRestore(directory)`. @throws AppError `operation.plan-unknown`, `operation.plan-expired`, `files.*`
   */
  take(plan: PlanId): KeptRestorePlan;
  /** The plan's checks, looked at again for a job that is about to write, and by writing an object of the console's own. */
  preflight(planned: PlannedRestore, job: JobId, signal: AbortSignal): Promise<readonly Preflight[]>;
}

export interface RestorePlansParts {
  /** Folder of all plans. */
  readonly root: string;
  readonly stores: StoreOpener;
  readonly scans: Pick<ScanResults, "summary" | "lastWhole" | "findings" | "byId">;
  readonly locateWorker: WorkerLocator;
  /** What was measured last of restores of this store; `null` where nothing was. */
  readonly rate: (store: StoreId) => RestoreRate | null;
  /** Of the Loki that reads a store; `null` where none is known or none can be asked. */
  readonly loki: (opened: OpenedStore, signal: AbortSignal) => Promise<LokiFacts | null>;
  readonly preflight: PreflightParts;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class RestorePlansService implements RestorePlans {
  readonly #parts: RestorePlansParts;

  constructor(parts: RestorePlansParts) {
    this.#parts = parts;
  }

  plan(request: RestoreRequest, _caller: RecoveryCaller, signal: AbortSignal): AsyncIterable<RestorePlanEvent> {
    return planEvents(async (tell, inner) => {
      const { plan } = await this.make(request, tell, inner);
      return { kind: "plan", plan };
    }, signal);
  }

  /** Makes a plan and keeps it. Rejects with `storage.*`. */
  async make(
    request: RestoreRequest,
    tell: (progress: PlanProgress) => void,
    signal: AbortSignal,
  ): Promise<KeptRestorePlan> {
    const { root, stores, clock, logger, locateWorker } = this.#parts;
    cleanPlans(root, clock.nowMs());
    await using opened = new AsyncDisposableStack();
    const bucket = opened.use(await stores.open(request.store, signal));
    const source =
      request.source.kind === "versions" ? null : opened.use(await stores.open(request.source.store, signal));
    const into = request.into === null ? null : opened.use(await stores.open(request.into, signal));
    const pool = opened.use(new StorageCheckPool({ locate: locateWorker, logger }));
    const parts: RestorePlanParts = {
      id: planIdSchema.parse(randomUUID()),
      root,
      clock,
      bucket: endOf(pool, bucket),
      source: source === null ? null : endOf(pool, source),
      into,
      indexReader: opened.use(new IndexReader({ locate: locateWorker, logger })),
      scan: this.#scanWord(request),
      targets: this.#targets(request, bucket.layout.indexPrefix),
      rate: () => this.#parts.rate(request.store),
      loki: (inner) => this.#parts.loki(into ?? bucket, inner),
      preflight: async (target, writes, loki, inner) => {
        const live = into === null && isLive(target);
        return await runPreflight(target, { writes, loki, live, nonce: null }, this.#parts.preflight, inner);
      },
    };
    return await makeRestorePlan(parts, request, tell, signal);
  }

  take(id: PlanId): KeptRestorePlan {
    const kept = keptPlan(this.#parts.root, id, this.#parts.clock.nowMs());
    markTaken(kept.directory);
    return kept;
  }

  async preflight({ plan }: PlannedRestore, job: JobId, signal: AbortSignal): Promise<readonly Preflight[]> {
    const { stores, loki } = this.#parts;
    await using target = await stores.open(plan.request.into ?? plan.request.store, signal);
    const live = plan.purpose === "restore" && isLive(target);
    const writes = {
      bytes: plan.bytes,
      objects: plan.counts.restorable,
      replaced: plan.counts.damaged,
      read: 0,
      whole: 0,
      expired: { chunks: 0, tenants: [] },
    };
    const facts = live ? await loki(target, signal) : null;
    const about = { writes, loki: facts, live, nonce: job };
    const parts = { ...this.#parts.preflight, mayWrite: true };
    const checks = await runPreflight(target, about, parts, signal);
    // What came out of reading the source and of its age, reading the plan again does not change.
    const kept = new Map(plan.preflight.map((each) => [each.check, each]));
    return checks.map((each) => (["source", "retention"].includes(each.check) ? (kept.get(each.check) ?? each) : each));
  }

  #targets({ store, findings }: RestoreRequest, indexPrefix: string): RestorePlanParts["targets"] {
    if (findings === null) return null;
    const { scans } = this.#parts;
    // What another bucket lacks says nothing of this one.
    if (scans.summary(findings.scan).request.store !== store) {
      throw new AppError("storage.scan-unknown", { scan: findings.scan });
    }
    const kept = findings.ids === null ? scans.findings(findings.scan, {}) : scans.byId(findings.scan, findings.ids);
    return targetsOf(
      [...kept].filter(({ state }) => state !== "vanished").map(({ finding }) => finding),
      indexPrefix,
    );
  }

  /** The word of the scan that is named, else of the last one of the whole store. */
  #scanWord({ store, findings, verify }: RestoreRequest): ScanWord {
    const { scans } = this.#parts;
    const scan = findings === null ? scans.lastWhole(store) : scans.summary(findings.scan);
    if (scan === null) return new ScanWord(new Set(), null);
    const damaged = new Set<string>();
    for (const { finding, state } of scans.findings(scan.scan, { kinds: [...DAMAGED_KINDS] })) {
      if (state !== "vanished") damaged.add(finding.key);
    }
    return new ScanWord(damaged, readAllAt(scan, verify));
  }
}

/** When a scan began that read every chunk as thoroughly as is asked for. */
function readAllAt(
  { request, state, gaps, startedAtMs }: ScanSummary,
  verify: RestoreRequest["verify"],
): number | null {
  const { tenants, fromMs, throughMs, samplePercent } = request.scope;
  const isWhole = tenants === null && fromMs === null && throughMs === null && samplePercent === 100;
  const isThorough = SCAN_MODES.indexOf(request.mode) >= SCAN_MODES.indexOf(verify);
  return state === "finished" && isWhole && isThorough && gaps.length === 0 ? startedAtMs : null;
}

function endOf(pool: StorageCheckPool, opened: OpenedStore): PlanEnd {
  return { opened, checker: opened.folder === null ? pool.ofStore(opened.store) : pool.ofFolder(opened.folder) };
}
