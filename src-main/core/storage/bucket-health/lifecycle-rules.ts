import type { LifecycleRule as S3LifecycleRule, ReplicationRule as S3ReplicationRule } from "@aws-sdk/client-s3";
import type { LifecycleRule, ReplicationRule } from "./bucket-settings.ts";

/** Rules are named by people and by tools; S3 allows 255 characters. */
const MAX_ID_LENGTH = 255;

/** A rule as the S3 API gives it; the prefix stands in one of three places, by the age of the rule. */
export function lifecycleRule(rule: S3LifecycleRule): LifecycleRule {
  const { Filter: filter, Expiration: expiration, NoncurrentVersionExpiration: noncurrent } = rule;
  return {
    id: (rule.ID ?? "").slice(0, MAX_ID_LENGTH),
    enabled: rule.Status === "Enabled",
    prefix: filter?.Prefix ?? filter?.And?.Prefix ?? rule.Prefix ?? "",
    tagged: filter?.Tag !== undefined || (filter?.And?.Tags ?? []).length > 0,
    largerThanBytes: filter?.ObjectSizeGreaterThan ?? filter?.And?.ObjectSizeGreaterThan ?? null,
    smallerThanBytes: filter?.ObjectSizeLessThan ?? filter?.And?.ObjectSizeLessThan ?? null,
    expirationDays: days(expiration?.Days),
    expirationDateMs: instant(expiration?.Date),
    expiredDeleteMarker: expiration?.ExpiredObjectDeleteMarker === true,
    noncurrentDays: days(noncurrent?.NoncurrentDays),
    noncurrentKept: days(noncurrent?.NewerNoncurrentVersions),
    abortMultipartDays: days(rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation),
  };
}

export function replicationRule(rule: S3ReplicationRule): ReplicationRule {
  return {
    id: (rule.ID ?? "").slice(0, MAX_ID_LENGTH),
    enabled: rule.Status === "Enabled",
    prefix: rule.Filter?.Prefix ?? rule.Filter?.And?.Prefix ?? rule.Prefix ?? "",
    destination: rule.Destination?.Bucket ?? "",
    deleteMarkers: rule.DeleteMarkerReplication?.Status === "Enabled",
  };
}

/** MinIO writes a zero for what is not set, S3 allows none. */
function days(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) || value <= 0 ? null : value;
}

function instant(date: Date | undefined): number | null {
  const ms = date?.getTime() ?? Number.NaN;
  // Go's zero time, which MinIO may write, is of the year 1.
  return Number.isNaN(ms) || ms <= 0 ? null : ms;
}
