import type { Duplex } from "node:stream";
import type { Clock } from "../common/clock.ts";

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** Asked for again before this instant. */
  readonly expiration?: Date;
}

/**
 * Opens a connection to the endpoint by another way than this machine's network, such as a port-forward. TLS is on top of it.
 * Rejects with an `AppError`.
 */
export type Dial = (signal: AbortSignal) => Promise<Duplex>;

/** One server behind an endpoint, for what each tells of itself. */
export interface StoreNode {
  readonly title: string;
  readonly dial: Dial;
}

export interface S3StoreOptions {
  readonly bucket: string;
  /** Loki's `storage_prefix`: in front of every key, with a slash between. */
  readonly prefix?: string;
  /** `https://minio.example:9000`; Amazon's own without. */
  readonly endpoint?: string;
  readonly region?: string;
  /** `endpoint/bucket/key` instead of `bucket.endpoint/key`; so by default, where there is an endpoint. */
  readonly pathStyle?: boolean;
  /** PEM of the authorities to trust instead of the system's. */
  readonly ca?: string;
  /** Whatever certificate the endpoint has is taken: Loki's `insecure_skip_verify`. */
  readonly trustAnyServer?: boolean;
  /** Loki's `chunk_delimiter`: stands in the bucket for every `:` of a key. */
  readonly chunkDelimiter?: string;
  readonly dial?: Dial;
  /** The servers behind `dial`, as they are now. Rejects with an `AppError`. */
  readonly nodes?: (signal: AbortSignal) => Promise<readonly StoreNode[]>;
  /** Asked when a request needs them and none are known, they expire, or were refused; never kept in the store's own fields. */
  readonly credentials: () => Promise<S3Credentials>;
  readonly clock: Clock;
  readonly random?: () => number;
  readonly attempts?: number;
  readonly maxConnections?: number;
  readonly connectTimeoutMs?: number;
  /** Without a byte in either direction. */
  readonly idleTimeoutMs?: number;
  /** S3 copies up to 5 GiB in one request. */
  readonly singleCopyMaxBytes?: number;
  readonly copyPartBytes?: number;
}
