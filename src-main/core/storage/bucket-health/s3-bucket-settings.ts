import type {
  DefaultRetention,
  GetBucketEncryptionCommandOutput,
  GetBucketLifecycleConfigurationCommandOutput,
  GetBucketReplicationCommandOutput,
  GetBucketVersioningCommandOutput,
  GetObjectLockConfigurationCommandOutput,
} from "@aws-sdk/client-s3";
import { AppError, hasCode, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { S3Requests } from "../s3-requests.ts";
import type { BucketSettings, BucketSettingsSource, ObjectLock, Setting } from "./bucket-settings.ts";
import { lifecycleRule, replicationRule } from "./lifecycle-rules.ts";

const DAYS_PER_YEAR = 365;
const ATTEMPTS = 3;

/** Settings of a bucket by the S3 API: MinIO, Ceph, Amazon. */
export class S3BucketSettings implements BucketSettingsSource {
  readonly #requests: S3Requests;

  constructor(requests: S3Requests) {
    this.#requests = requests;
  }

  async read(signal: AbortSignal): Promise<BucketSettings> {
    const { sdk, client, options } = this.#requests;
    const input = { Bucket: options.bucket };
    const [versioning, objectLock, lifecycle, replication, encryption] = await Promise.all([
      this.#setting("GetBucketVersioning", signal, versioningOf, (abortSignal) =>
        client.send(new sdk.GetBucketVersioningCommand(input), { abortSignal }),
      ),
      this.#setting("GetObjectLockConfiguration", signal, objectLockOf, (abortSignal) =>
        client.send(new sdk.GetObjectLockConfigurationCommand(input), { abortSignal }),
      ),
      this.#setting("GetBucketLifecycleConfiguration", signal, lifecycleOf, (abortSignal) =>
        client.send(new sdk.GetBucketLifecycleConfigurationCommand(input), { abortSignal }),
      ),
      this.#setting("GetBucketReplication", signal, replicationOf, (abortSignal) =>
        client.send(new sdk.GetBucketReplicationCommand(input), { abortSignal }),
      ),
      this.#setting("GetBucketEncryption", signal, encryptionOf, (abortSignal) =>
        client.send(new sdk.GetBucketEncryptionCommand(input), { abortSignal }),
      ),
    ]);
    return { versioning, objectLock, lifecycle, replication, encryption };
  }

  async #setting<Answer extends object, Value>(
    action: string,
    signal: AbortSignal,
    valueOf: (answer: Answer) => Value | null,
    send: (signal: AbortSignal) => Promise<Answer>,
  ): Promise<Setting<Value>> {
    try {
      const answer = await this.#requests.send(action, "", signal, (abort) => orRefusal(send(abort)), ATTEMPTS);
      if (typeof answer === "string") return { state: answer };
      const value = valueOf(answer);
      return value === null ? { state: "unsupported" } : { state: "told", value };
    } catch (error) {
      if (signal.aborted) throw new AppError("request.cancelled", {}, { cause: error });
      if (!isAppError(error) || hasCode(error, "storage.bucket-unknown")) throw error;
      if (hasCode(error, "storage.unsupported")) return { state: "unsupported" };
      return { state: "unknown", code: error.code };
    }
  }
}

const ABSENT: ReadonlySet<unknown> = new Set([
  "NoSuchLifecycleConfiguration",
  "ObjectLockConfigurationNotFoundError",
  "ReplicationConfigurationNotFoundError",
  "ServerSideEncryptionConfigurationNotFoundError",
]);

/**
 * Answers that say something of the setting, where the common translation has only a word for objects. A bare 404, as of a
 * proxy, is none of them.
 */
async function orRefusal<Answer extends object>(answer: Promise<Answer>): Promise<Answer | "absent" | "unsupported"> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (ABSENT.has(error.name)) return "absent";
    if ("$metadata" in error && statusOf(error.$metadata) === 405) return "unsupported";
    throw error;
  }
}

function statusOf(metadata: unknown): unknown {
  return typeof metadata === "object" && metadata !== null && "httpStatusCode" in metadata
    ? metadata.httpStatusCode
    : undefined;
}

/** S3 answers a bucket that never had versions without a word of them. */
function versioningOf({ Status: status }: GetBucketVersioningCommandOutput): "enabled" | "suspended" | "off" {
  if (status === "Enabled") return "enabled";
  return status === "Suspended" ? "suspended" : "off";
}

function objectLockOf({ ObjectLockConfiguration: lock }: GetObjectLockConfigurationCommandOutput): ObjectLock | null {
  if (lock?.ObjectLockEnabled !== "Enabled") return null;
  const retention = lock.Rule?.DefaultRetention;
  if (retention?.Mode === undefined) return { mode: null, days: null };
  return { mode: retention.Mode === "COMPLIANCE" ? "compliance" : "governance", days: retentionDays(retention) };
}

function retentionDays({ Days: days, Years: years }: DefaultRetention): number | null {
  if (days !== undefined && days > 0) return days;
  return years !== undefined && years > 0 ? years * DAYS_PER_YEAR : null;
}

function lifecycleOf({ Rules: rules }: GetBucketLifecycleConfigurationCommandOutput) {
  return rules === undefined ? null : rules.map(lifecycleRule);
}

/** Ceph answers a bucket that is not replicated with a configuration that has no rules. */
function replicationOf({ ReplicationConfiguration: replication }: GetBucketReplicationCommandOutput) {
  if (replication?.Rules === undefined) return replication?.Role === undefined ? null : [];
  return replication.Rules.map(replicationRule);
}

function encryptionOf({ ServerSideEncryptionConfiguration: encryption }: GetBucketEncryptionCommandOutput) {
  if (encryption?.Rules === undefined) return null;
  return encryption.Rules.flatMap((rule) => rule.ApplyServerSideEncryptionByDefault?.SSEAlgorithm ?? []);
}
