/**
 * A setting as the store tells it. `absent`: there is none. `unsupported`: this store does not know the setting, or answers
 * without the words that S3 prescribes, as old MinIO does with a listing and Ceph with an encryption
 * without rules. `unknown`: it did not tell, by the error's code.
 */
export type Setting<Value> =
  | { readonly state: "told"; readonly value: Value }
  | { readonly state: "absent" }
  | { readonly state: "unsupported" }
  | { readonly state: "unknown"; readonly code: string };

/** One lifecycle rule. Days count from an object's writing, or from the instant that a version was superseded. */
export interface LifecycleRule {
  readonly id: string;
  readonly enabled: boolean;
  readonly prefix: string;
  /** Only objects with certain tags. Loki writes none, so such a rule passes its objects by. */
  readonly tagged: boolean;
  readonly largerThanBytes: number | null;
  readonly smallerThanBytes: number | null;
  readonly expirationDays: number | null;
  readonly expirationDateMs: number | null;
  /** Removes delete markers that have nothing under them. */
  readonly expiredDeleteMarker: boolean;
  readonly noncurrentDays: number | null;
  /** Superseded versions that are kept whatever their age. */
  readonly noncurrentKept: number | null;
  readonly abortMultipartDays: number | null;
}

export interface ObjectLock {
  /** Of the default retention; `null` where objects are only locked one by one. */
  readonly mode: "governance" | "compliance" | null;
  readonly days: number | null;
}

export interface ReplicationRule {
  readonly id: string;
  readonly enabled: boolean;
  readonly prefix: string;
  /** As the store names it: `arn:aws:s3:::bucket`. */
  readonly destination: string;
  readonly deleteMarkers: boolean;
}

export interface BucketSettings {
  readonly versioning: Setting<"enabled" | "suspended" | "off">;
  readonly objectLock: Setting<ObjectLock>;
  readonly lifecycle: Setting<readonly LifecycleRule[]>;
  readonly replication: Setting<readonly ReplicationRule[]>;
  /** Algorithms of the default encryption: `AES256`, `aws:kms`. */
  readonly encryption: Setting<readonly string[]>;
}

/** What is asked of a bucket about itself; `S3BucketSettings` asks any S3. */
export interface BucketSettingsSource {
  /** What cannot be read is told in its place. @throws AppError `request.cancelled`, `storage.bucket-unknown` */
  read(signal: AbortSignal): Promise<BucketSettings>;
}
