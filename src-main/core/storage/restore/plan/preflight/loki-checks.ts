import type { Preflight } from "../../../../../../src-shared/model/storage/storage-plan.ts";
import type { TenantRetention } from "../../../bucket-health/bucket-facts.ts";
import type { BucketSettings } from "../../../bucket-health/bucket-settings.ts";
import { needsUnder, rulesOfLoki } from "../../../bucket-health/lifecycle-reach.ts";
import { verdict, type LokiFacts, type PlannedWrites } from "./preflight-parts.ts";

const DAY_S = 86_400;

/** A compactor that works while objects come back replaces index files under the console's hands. */
export function compactorCheck(loki: LokiFacts | null, live: boolean): Preflight {
  if (!live) return verdict("compactor", "passed", "nobody-reads");
  if (loki === null) return verdict("compactor", "unknown", "no-site");
  if (loki.compactor === null) return verdict("compactor", "warned", "not-found");
  const { workload, replicas, running } = loki.compactor;
  if (replicas === 0 && running === 0) return verdict("compactor", "passed", "stopped", { workload });
  return verdict("compactor", "passed", "will-pause", { workload, replicas });
}

/** What retention deletes for certain, whatever its streams' own periods: older than all of them. */
export function isExpired(
  retention: LokiFacts["retention"],
  { tenant, throughMs }: { readonly tenant: string; readonly throughMs: number },
  nowMs: number,
): boolean {
  if (retention === null || !retention.enabled) return false;
  const own: Omit<TenantRetention, "tenant"> =
    retention.tenants.find((each) => each.tenant === tenant) ?? retention.global;
  const periods = [own.seconds, ...own.streams.map(({ seconds }) => seconds)];
  return periods.every((seconds) => seconds > 0) && throughMs + Math.max(...periods) * 1_000 < nowMs;
}

export function retentionCheck(
  loki: LokiFacts | null,
  { expired }: Pick<PlannedWrites, "expired">,
  live: boolean,
): Preflight {
  if (!live) return verdict("retention", "passed", "nobody-reads");
  if (loki === null || loki.retention === null) return verdict("retention", "unknown", "not-told");
  if (!loki.retention.enabled) return verdict("retention", "passed", "off");
  if (expired.chunks === 0) return verdict("retention", "passed");
  const tenants = expired.tenants.slice(0, 10).join(", ");
  return verdict("retention", "warned", "deletes-again", { chunks: expired.chunks, tenants });
}

/** A rule of the bucket's that removes objects before Loki's retention is over counts from when they are written again. */
export function lifecycleCheck(
  settings: BucketSettings | null,
  loki: LokiFacts | null,
  places: { readonly storagePrefix: string; readonly indexPrefix: string },
  nowMs: number,
): Preflight {
  if (settings === null || settings.lifecycle.state === "unknown") return verdict("lifecycle", "unknown", "not-told");
  for (const rule of rulesOfLoki(settings.lifecycle)) {
    const { id, prefix, expirationDays, expirationDateMs } = rule;
    if (expirationDateMs !== null && expirationDateMs <= nowMs) {
      return verdict("lifecycle", "failed", "expires-at-once", {
        rule: id.slice(0, 100),
        prefix: prefix.slice(0, 200),
      });
    }
    if (expirationDays === null) continue;
    const needs = loki?.retention ? needsUnder(prefix, loki.retention, places) : [];
    const tooShort = needs.some(({ seconds }) => seconds === null || seconds > expirationDays * DAY_S);
    if (tooShort || loki?.retention === null || loki === null) {
      const params = { rule: id.slice(0, 100), prefix: prefix.slice(0, 200), days: expirationDays };
      return verdict("lifecycle", "warned", tooShort ? "shorter" : "expires", params);
    }
  }
  return verdict("lifecycle", "passed");
}
