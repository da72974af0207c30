import type { Clock } from "../common/clock.ts";
import { RateBucket } from "../common/rate-bucket.ts";
import type { ObjectBody, ObjectStore } from "./object-store.ts";
import { endIfCancelled } from "./store-retries.ts";
import { wrappedStore } from "./wrapped-store.ts";

/**
 * A store through which no more than so many bytes a second go, all its readers and writers together; `null` for no bound.
 * What is copied inside of the store counts as well, since its servers read and write it. Bytes are paid for as they pass, so
 * that a reader is held back and not a request.
 */
export function rateLimited(store: ObjectStore, bytesPerSecond: number | null, clock: Clock): ObjectStore {
  if (bytesPerSecond === null) return store;
  const bucket = new RateBucket(bytesPerSecond, clock);
  return wrappedStore(store, {
    get: async (key, options, signal) => {
      const body = await store.get(key, options, signal);
      return limitedBody(body, bucket, signal);
    },
    put: async (key, bytes, options, signal) => {
      await pay(bucket, bytes.length, signal);
      return store.put(key, bytes, options, signal);
    },
    uploadPart: async (upload, partNumber, bytes, signal) => {
      await pay(bucket, bytes.length, signal);
      return store.uploadPart(upload, partNumber, bytes, signal);
    },
    copy: async (from, toKey, signal) => {
      const { sizeBytes } = await store.head(from.key, from, signal);
      await pay(bucket, sizeBytes, signal);
      return store.copy(from, toKey, signal);
    },
  });
}

async function pay(bucket: RateBucket, bytes: number, signal: AbortSignal): Promise<void> {
  await bucket.take(bytes, signal).catch((error: unknown) => {
    endIfCancelled(signal);
    throw error;
  });
}

function limitedBody(body: ObjectBody, bucket: RateBucket, signal: AbortSignal): ObjectBody {
  return {
    info: body.info,
    lengthBytes: body.lengthBytes,
    chunks: limitedChunks(body.chunks, bucket, signal),
    [Symbol.asyncDispose]: () => body[Symbol.asyncDispose](),
  };
}

async function* limitedChunks(
  chunks: AsyncIterable<Uint8Array>,
  bucket: RateBucket,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    await pay(bucket, chunk.length, signal);
    yield chunk;
  }
}
