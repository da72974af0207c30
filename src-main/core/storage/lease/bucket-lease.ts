/**
 * The right to change a bucket, held by an object in it that is renewed while it is held. Two consoles never have it at once
 * where the store honours `If-None-Match`; where it does not (old MinIO), it is read back after a while, which leaves a
 * window that the plan's own preconditions cover.
 */
export interface BucketLease extends AsyncDisposable {
  /** Aborted with `storage.lease-lost` as its reason once another has it, or it could not be renewed in time. */
  readonly lost: AbortSignal;
  /** Who has it, as the other console reads it: person, machine, purpose. */
  readonly holder: string;
  /** Asks the bucket, before something that cannot be taken back. @throws AppError `storage.lease-lost` */
  confirm(signal: AbortSignal): Promise<void>;
}
