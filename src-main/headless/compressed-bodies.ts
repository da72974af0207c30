import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { LRUCache } from "lru-cache";
import type { PageAnswer } from "../page/page-answer.ts";

const COMPRESSIBLE = /^(?:text\/|application\/json|image\/svg\+xml)/;
const MIN_BYTES = 1_024;
const MAX_KEPT_BYTES = 32 * 1_048_576;

const compressGzip = promisify(gzip);
const compressBrotli = promisify(brotliCompress);

export interface EncodedBody {
  readonly body: Buffer;
  readonly encoding: "br" | "gzip" | null;
}

/** Compresses what a page consists of, once a file. */
export class CompressedBodies {
  readonly #kept = new LRUCache<string, Buffer>({ maxSize: MAX_KEPT_BYTES, sizeCalculation: (body) => body.length });

  async encode({ headers, body, cacheKey }: PageAnswer, acceptEncoding: string): Promise<EncodedBody> {
    const encoding = chosenEncoding(acceptEncoding);
    const fits = body.length >= MIN_BYTES && COMPRESSIBLE.test(headers["content-type"] ?? "");
    if (encoding === null || !fits) return { body, encoding: null };
    const key = `${encoding} ${cacheKey ?? ""}`;
    const kept = cacheKey === null ? undefined : this.#kept.get(key);
    if (kept !== undefined) return { body: kept, encoding };
    const compressed =
      encoding === "gzip"
        ? await compressGzip(body)
        : await compressBrotli(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
    if (cacheKey !== null) this.#kept.set(key, compressed);
    return { body: compressed, encoding };
  }
}

/** Brotli or gzip where they are accepted (`q=0` is a refusal); the difference between other weights does not matter. */
function chosenEncoding(acceptEncoding: string): "br" | "gzip" | null {
  const accepted = new Set(
    acceptEncoding
      .toLowerCase()
      .split(",")
      .map((part) => part.trim().split(/\s*;\s*/))
      .filter(([, weight]) => weight === undefined || !/^q=0(?:\.0*)?$/.test(weight))
      .map(([name]) => name),
  );
  if (accepted.has("br")) return "br";
  return accepted.has("gzip") ? "gzip" : null;
}
