import type { BucketSettingsSource, LifecycleRule } from "../bucket-health/bucket-settings.ts";
import type { ObjectStore, ObjectVersion } from "../object-store.ts";
import { evidence, instant, known, unknown, absent, type RpoEvidence, type RpoPart } from "./rpo-part.ts";

const DAY_MS = 86_400_000;
/** Pages of versions that are looked at under the index, and under everything. */
const SAMPLED_PAGES = 3;

/** How long a superseded version stays, over all rules that remove some; `null` where none does. */
export function versionsKeptDays(
  rules: readonly LifecycleRule[],
): { readonly days: number; readonly rule: string } | null {
  let shortest: { readonly days: number; readonly rule: string } | null = null;
  for (const { enabled, tagged, noncurrentDays, id, prefix } of rules) {
    // Loki tags nothing, so a rule for tags passes its objects by.
    if (!enabled || tagged || noncurrentDays === null) continue;
    if (shortest === null || noncurrentDays < shortest.days) {
      shortest = { days: noncurrentDays, rule: id === "" ? prefix : id };
    }
  }
  return shortest;
}

/**
 * How far back the bucket's own versions reach: what a rule keeps, and where none removes any, the oldest superseded version
 * that a sample shows. It says nothing of a bucket that is gone as a whole.
 */
export async function versionsPart(
  bucket: { readonly store: ObjectStore; readonly indexPrefix: string; readonly settings: BucketSettingsSource | null },
  nowMs: number,
  signal: AbortSignal,
): Promise<RpoPart> {
  const versioning = await bucket.store.versioning(signal);
  const told: RpoEvidence[] = [evidence("versioning", versioning)];
  if (versioning === "off") return { ...absent("versions", "off"), evidence: told };
  if (versioning === "suspended") return unknown("versions", "suspended", told);
  const settings = bucket.settings === null ? null : await bucket.settings.read(signal);
  const lifecycle = settings?.lifecycle ?? { state: "unsupported" as const };
  told.push(evidence("lifecycle", lifecycle.state === "unknown" ? lifecycle.code : lifecycle.state));
  const oldest = await oldestSuperseded(bucket, signal);
  if (oldest !== null) told.push(evidence(`${oldest.key} ${oldest.versionId}`, instant(oldest.modifiedMs)));
  const kept = lifecycle.state === "told" ? versionsKeptDays(lifecycle.value) : null;
  if (kept !== null) {
    told.push(evidence(`NoncurrentVersionExpiration ${kept.rule}`, `${kept.days} d`));
    return known("versions", kept.days * DAY_MS, told, { by: "lifecycle", days: kept.days });
  }
  if (lifecycle.state === "unknown") return unknown("versions", "lifecycle", told, { code: lifecycle.code });
  if (oldest === null) return unknown("versions", "none-seen", told);
  return known("versions", nowMs - oldest.modifiedMs, told, { by: "sample" });
}

async function oldestSuperseded(
  { store, indexPrefix }: { readonly store: ObjectStore; readonly indexPrefix: string },
  signal: AbortSignal,
): Promise<ObjectVersion | null> {
  let oldest: ObjectVersion | null = null;
  for (const prefix of [indexPrefix, ""]) {
    let token: string | null = null;
    for (let pages = 0; pages < SAMPLED_PAGES; pages += 1) {
      // oxlint-disable-next-line no-await-in-loop -- a page names the next one
      const page = await store.listVersions(token === null ? { prefix } : { prefix, token }, signal);
      for (const version of page.versions) {
        if (version.isLatest || version.isDeleteMarker) continue;
        if (oldest === null || version.modifiedMs < oldest.modifiedMs) oldest = version;
      }
      token = page.nextToken;
      if (token === null) break;
    }
  }
  return oldest;
}
