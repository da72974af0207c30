import { AppError, hasCode, isAppError } from "../../../src-shared/errors/app-error.ts";
import type { StoreFailure } from "./store-retries.ts";

/** What a request was for, for the texts of its failures. */
export interface S3Request {
  readonly store: string;
  readonly key: string;
  /** S3's own name: `GetObject`. */
  readonly action: string;
}

interface S3Error {
  readonly name: string;
  readonly message: string;
  readonly code: string;
  readonly status: number;
  readonly retryAfterMs: number;
  readonly seconds: number;
}

const CREDENTIALS_REFUSED = new Set([
  "InvalidAccessKeyId",
  "SignatureDoesNotMatch",
  "ExpiredToken",
  "TokenRefreshRequired",
  "InvalidToken",
  "RequestTimeTooSkewed",
  "RequestExpired",
  "CredentialsProviderError",
  "AuthorizationHeaderMalformed",
]);
const SLOW_DOWN =
  /^(SlowDown|SlowDownRead|SlowDownWrite|ServiceUnavailable|Throttling\w*|TooManyRequests\w*|RequestLimitExceeded|XMinioServerBusy)$/i;
const FULL = /^(QuotaExceeded|XMinioStorageFull|XMinioAdminBucketQuotaExceeded|InsufficientStorage)$/;
const TLS = /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|ERR_TLS|ERR_SSL/;
const UNREACHABLE = /^(E[A-Z_]+|UND_ERR_\w+)$/;

function field(value: unknown, name: string): unknown {
  // Only read, and every answer is checked where it is used.
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function retryAfterMs(error: unknown): number {
  const header = text(field(field(field(error, "$response"), "headers"), "retry-after"));
  return /^\d{1,4}$/.test(header) ? Number(header) * 1_000 : 0;
}

/** What the SDK threw, or `null` where it is nothing of the store or the network: a bug. */
function s3Error(error: unknown, seconds: number): S3Error | null {
  if (!(error instanceof Error)) return null;
  const status = field(field(error, "$metadata"), "httpStatusCode");
  const code = text(field(error, "code"));
  const timedOut = error.name === "TimeoutError";
  if (status === undefined && code === "" && !timedOut && error.name !== "CredentialsProviderError") return null;
  return {
    name: text(field(error, "Code")) || error.name,
    message: error.message.slice(0, 300),
    code,
    status: typeof status === "number" ? status : 0,
    retryAfterMs: retryAfterMs(error),
    seconds,
  };
}

function network({ store }: S3Request, failure: S3Error): AppError | null {
  const problem = `${failure.code} ${failure.message}`.trim();
  if (failure.status !== 0) return null;
  // The SDK calls a reset connection a time-out as well.
  if (failure.code === "ETIMEDOUT" || (failure.name === "TimeoutError" && failure.code === "")) {
    return new AppError("storage.timed-out", { store, seconds: failure.seconds });
  }
  if (TLS.test(failure.code)) return new AppError("storage.tls", { store, problem });
  if (UNREACHABLE.test(failure.code)) return new AppError("storage.unreachable", { store, problem });
  return null;
}

/** Ceph says `NoSuchKey` of an upload that is gone. */
const OF_UPLOADS = new Set(["UploadPart", "ListParts", "CompleteMultipartUpload", "AbortMultipartUpload"]);

function missing({ store, key, action }: S3Request, { name, status }: S3Error): AppError | null {
  if (name === "NoSuchBucket") return new AppError("storage.bucket-unknown", { store });
  if (name === "NoSuchUpload") return new AppError("storage.upload-unknown", { store, key });
  if (status === 404 && OF_UPLOADS.has(action)) return new AppError("storage.upload-unknown", { store, key });
  // A delete marker's own version answers 405.
  if (status !== 404 && !["NoSuchKey", "NoSuchVersion", "MethodNotAllowed"].includes(name) && status !== 405)
    return null;
  return new AppError("storage.not-found", { store, key });
}

function answered(request: S3Request, failure: S3Error): AppError {
  const { store, key, action } = request;
  const { name, status } = failure;
  const problem = `${status} ${name} ${failure.message}`.trim();
  if (SLOW_DOWN.test(name) || status === 429) return new AppError("storage.rate-limited", { store, problem });
  if (FULL.test(name) || status === 507) return new AppError("storage.full", { store });
  if (CREDENTIALS_REFUSED.has(name) || status === 401)
    return new AppError("storage.credentials-refused", { store, problem });
  if (status === 403) return new AppError("storage.forbidden", { store, action });
  if (status === 412 || status === 409 || status === 304) return new AppError("storage.changed", { store, key });
  if (name === "NotImplemented" || status === 501) return new AppError("storage.unsupported", { store, action });
  if (status === 408) return new AppError("storage.timed-out", { store, seconds: failure.seconds });
  if (status >= 400 && status < 500) return new AppError("storage.refused", { store, problem });
  return new AppError("storage.failed", { store, problem });
}

/**
 * The SDK's failure as ours. Old MinIO answers 503 `XMinioReadQuorum` where its drives are gone: that is `storage.failed`,
 * and only `SlowDown` and its kin ask for less. Throws what is no failure of store or network.
 */
export function s3Failure(error: unknown, request: S3Request, timeoutSeconds: number): StoreFailure {
  const failure = s3Error(error, timeoutSeconds);
  if (failure === null) throw error;
  const translated = network(request, failure) ?? missing(request, failure) ?? answered(request, failure);
  return { error: translated, retryAfterMs: failure.retryAfterMs };
}

/**
 * Failures of the way to the store that come as errors of ours already, such as a port-forward's: the store's own words are
 * `storage.unreachable` or `storage.forbidden`. Everything else is given back as it is.
 */
export function throughForward(error: unknown, store: string): unknown {
  if (!isAppError(error)) return error;
  if (hasCode(error, "cluster.forbidden")) {
    const { verb, resource } = error.params;
    return new AppError("storage.forbidden", { store, action: `${verb} ${resource}` }, { cause: error });
  }
  if (!/^(cluster|forward|kubeconfig|sites|plugins)\./.test(error.code)) return error;
  const problem = `${error.code} ${JSON.stringify(error.params)}`.slice(0, 300);
  return new AppError("storage.unreachable", { store, problem }, { cause: error });
}
