import type { ConsoleStorage } from "./console-storage.ts";
import type { LokiControlOpener } from "./console-loki-control.ts";
import type { Clock } from "./common/clock.ts";
import type { Drill, RecoveryFacts } from "../../src-shared/model/storage/recovery.ts";
import type { StoreId } from "../../src-shared/model/storage/store.ts";
import { leaseInForce } from "./storage/lease/acquire-lease.ts";
import { found, type CheckFound, type RunAbout, type RunbookChecks } from "./storage/runbooks/runbook-checks.ts";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

export interface RunbookCheckParts {
  readonly storage: Pick<ConsoleStorage, "stores" | "scans" | "bucketStates">;
  readonly facts: (store: StoreId, signal: AbortSignal) => Promise<RecoveryFacts>;
  readonly drills: (store: StoreId) => readonly Drill[];
  readonly lokiControl: LokiControlOpener;
  readonly limits: () => {
    readonly scanDays: number;
    readonly drillDays: number;
    readonly drLagMinutes: number;
    readonly flushMinutes: number;
    readonly fullDays: number;
  };
  readonly clock: Clock;
}

/** What the console looks at where a runbook asks it to. */
export function runbookChecks(parts: RunbookCheckParts): RunbookChecks {
  const { storage, clock, limits } = parts;
  return {
    "scan-fresh": ofStore(async (store) => {
      const last = storage.scans.lastWhole(store);
      if (last === null) return found("failed", "no-scan");
      const ageMs = clock.nowMs() - (last.endedAtMs ?? last.startedAtMs);
      const fresh = ageMs <= limits().scanDays * DAY_MS;
      return found(fresh ? "done" : "failed", "scan-age", { ageMs, days: limits().scanDays });
    }),
    "scan-clean": ofStore(async (store) => {
      const last = storage.scans.lastWhole(store);
      if (last === null) return found("failed", "no-scan");
      const { critical, warning } = last.counts;
      const ageMs = clock.nowMs() - (last.endedAtMs ?? last.startedAtMs);
      if (critical > 0) return found("failed", "scan-findings", { critical, warning, ageMs });
      // What was left out may be damaged.
      if (last.gaps.length > 0) return found("unknown", "scan-gaps", { gaps: last.gaps.length, ageMs });
      return found("done", "scan-clean", { warning, ageMs });
    }),
    "versioning-on": ofStore(async (store, _about, signal) => {
      await using opened = await storage.stores.open(store, signal);
      const versioning = await opened.store.versioning(signal);
      return found(versioning === "enabled" ? "done" : "failed", `versioning-${versioning}`);
    }),
    "lease-free": ofStore(async (store, _about, signal) => {
      await using opened = await storage.stores.open(store, signal);
      const lease = await leaseInForce(opened.store, null, signal);
      if (lease === null) return found("done", "lease-free");
      return found("failed", "lease-held", { holder: lease.holder, until: new Date(lease.untilMs).toISOString() });
    }),
    "compactor-running": async (about, signal) => {
      const site = about.site ?? (await siteOf(parts, about.store, signal));
      const control = await parts.lokiControl(site, signal);
      if (control === null) return found("unknown", "no-site");
      const compactor = await control.compactor(signal);
      if (compactor === null) return found("unknown", "no-compactor");
      const { workload, replicas, running } = compactor;
      const runs = replicas > 0 && running >= replicas;
      return found(runs ? "done" : "failed", "compactor", { workload, replicas, running });
    },
    "dr-lag": ofStore(async (store, _about, signal) => {
      const part = partOf(await parts.facts(store, signal), "dr");
      if (part?.state === "absent") return found("failed", "no-copy");
      if (part?.ms == null) return found("unknown", "dr-unknown");
      const minutes = limits().drLagMinutes;
      return found(part.ms <= minutes * MINUTE_MS ? "done" : "failed", "dr-lag", { lagMs: part.ms, minutes });
    }),
    "flush-recent": ofStore(async (store, _about, signal) => {
      const part = partOf(await parts.facts(store, signal), "flush");
      if (part?.ms == null) return found("unknown", "flush-unknown");
      const minutes = limits().flushMinutes;
      return found(part.ms <= minutes * MINUTE_MS ? "done" : "failed", "flush", { agoMs: part.ms, minutes });
    }),
    "space-left": ofStore(async (store, _about, signal) => {
      const { health, full } = await storage.bucketStates.state(store, signal);
      const free = health?.capacity.usableFreeBytes ?? health?.capacity.rawFreeBytes ?? null;
      if (free === null) return found("unknown", "space-unknown");
      const days = limits().fullDays;
      const fullAtMs = full?.fullAtMs ?? null;
      if (free === 0) return found("failed", "space-none");
      if (fullAtMs === null) return found("done", "space-free", { freeBytes: free });
      const leftMs = Math.max(0, fullAtMs - clock.nowMs());
      return found(leftMs > days * DAY_MS ? "done" : "failed", "space-ends", { freeBytes: free, leftMs, days });
    }),
    "scratch-set": ofStore(async (store, _about, signal) => {
      await using opened = await storage.stores.open(store, signal);
      const { scratch } = opened.config;
      if (scratch === null) return found("failed", "no-scratch");
      await using target = await storage.stores.open(scratch, signal);
      await target.store.list({ prefix: "", maxKeys: 1 }, signal);
      return found("done", "scratch", { title: target.store.title });
    }),
    "drill-young": ofStore(async (store) => {
      const last = parts.drills(store).find(({ result }) => result !== "cancelled");
      if (last === undefined) return found("failed", "no-drill");
      const days = limits().drillDays;
      const ageMs = clock.nowMs() - last.endedAtMs;
      if (last.result === "failed") return found("failed", "drill-failed", { ageMs });
      return found(ageMs <= days * DAY_MS ? "done" : "failed", "drill-age", { ageMs, days });
    }),
  };
}

function ofStore(
  look: (store: StoreId, about: RunAbout, signal: AbortSignal) => Promise<CheckFound>,
): (about: RunAbout, signal: AbortSignal) => Promise<CheckFound> {
  return async (about, signal) => {
    if (about.store === null) return found("unknown", "no-store");
    return look(about.store, about, signal);
  };
}

async function siteOf({ storage }: RunbookCheckParts, store: StoreId | null, signal: AbortSignal) {
  if (store === null) return null;
  await using opened = await storage.stores.open(store, signal);
  return opened.config.site;
}

function partOf(facts: RecoveryFacts, what: RecoveryFacts["rpo"]["parts"][number]["what"]) {
  return facts.rpo.parts.find((part) => part.what === what) ?? null;
}
