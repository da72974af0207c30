import { systemClock } from "../../src-main/core/common/clock.ts";
import type { ObjectStore } from "../../src-main/core/storage/object-store.ts";
import { openS3ObjectStore } from "../../src-main/core/storage/open-s3-object-store.ts";
import type { S3StoreOptions } from "../../src-main/core/storage/s3-store-options.ts";
import { BucketSet } from "../../src-main/lab/s3/bucket-set.ts";
import { createS3Keys, type LabS3Keys } from "../../src-main/lab/s3/s3-keys.ts";
import { S3Server } from "../../src-main/lab/s3/s3-server.ts";

export interface LabS3 extends AsyncDisposable {
  readonly url: string;
  readonly keys: LabS3Keys;
  readonly buckets: BucketSet;
  /** The store of one bucket, opened as the console opens any. */
  open(bucket: string, options?: Partial<S3StoreOptions>): Promise<ObjectStore>;
}

/** The lab's S3 by itself, its buckets empty. */
export async function startLabS3(maxBytes = 256 * 1024 * 1024): Promise<LabS3> {
  const keys = createS3Keys();
  const buckets = new BucketSet(() => systemClock.nowMs(), maxBytes);
  const server = new S3Server({ buckets, keys, clock: systemClock, settle: async () => {}, state: () => "well" });
  const listening = await server.start(0);
  const url = `http://127.0.0.1:${listening.port}`;
  return {
    url,
    keys,
    buckets,
    open: (bucket, options = {}) =>
      openS3ObjectStore({
        bucket,
        endpoint: url,
        credentials: async () => keys.loki,
        clock: systemClock,
        attempts: 2,
        ...options,
      }),
    [Symbol.asyncDispose]: () => listening.close(),
  };
}
