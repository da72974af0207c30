import { CredentialCache } from "./credential-cache.ts";
import { DialledAgent, DialledTlsAgent } from "./dialled-agent.ts";
import type { ObjectStore } from "./object-store.ts";
import { S3ObjectStore } from "./s3-object-store.ts";
import { S3Requests } from "./s3-requests.ts";
import type { S3StoreOptions } from "./s3-store-options.ts";

const CONNECT_TIMEOUT_MS = 10_000;
const IDLE_TIMEOUT_MS = 60_000;
const MAX_CONNECTIONS = 32;

/**
 * Opens a bucket; nothing is asked of it yet. The SDK is loaded here and not with the program. Its own retries are off, ours
 * run by the given clock. Additional checksums are sent only where S3 requires them: older MinIO and Ceph refuse them.
 */
export async function openS3ObjectStore(options: S3StoreOptions): Promise<ObjectStore> {
  return new S3ObjectStore(await openS3Requests(options));
}

/** As `openS3ObjectStore`, for who also asks what a bucket tells beyond its objects. Whoever opens it destroys its client. */
export async function openS3Requests(options: S3StoreOptions): Promise<S3Requests> {
  const sdk = await import("@aws-sdk/client-s3");
  const idleTimeoutMs = options.idleTimeoutMs ?? IDLE_TIMEOUT_MS;
  const credentials = new CredentialCache(options);
  const client = new sdk.S3Client({
    region: options.region ?? "us-east-1",
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    forcePathStyle: options.pathStyle ?? options.endpoint !== undefined,
    // The SDK keeps what has not expired; ours is the only place that does.
    credentials: async () => ({ ...(await credentials.get()), expiration: new Date(0) }),
    maxAttempts: 1,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: {
      connectionTimeout: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
      socketTimeout: idleTimeoutMs,
      ...agentsOf(options),
    },
  });
  return new S3Requests(sdk, client, options, idleTimeoutMs, credentials);
}

function agentsOf({ maxConnections, ca, trustAnyServer, dial, connectTimeoutMs }: S3StoreOptions) {
  const plain = { keepAlive: true, maxSockets: maxConnections ?? MAX_CONNECTIONS };
  const tls = {
    ...(ca === undefined ? {} : { ca }),
    ...(trustAnyServer === true ? { rejectUnauthorized: false } : {}),
  };
  if (dial === undefined) return { httpAgent: plain, httpsAgent: { ...plain, ...tls } };
  const dialled = { ...plain, dial, timeoutMs: connectTimeoutMs ?? CONNECT_TIMEOUT_MS };
  return { httpAgent: new DialledAgent(dialled), httpsAgent: new DialledTlsAgent({ ...dialled, tls }) };
}
