import type { PageFile } from "./page-files.ts";
import { contentSecurityPolicy, createNonce, securityHeaders, withNonce } from "./page-policy.ts";

export interface PageAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer<ArrayBuffer>;
  /** What a compressed copy may be kept under; `null` for what is made anew each time. */
  readonly cacheKey: string | null;
}

/**
 * A file as a shell answers with it. Hashed assets are kept for ever (by this browser alone: who asked had a session); the
 * page itself never, because its nonce is good for one loading.
 */
export function pageAnswer(file: PageFile, connect: readonly string[]): PageAnswer {
  const nonce = createNonce();
  const headers = { ...securityHeaders(contentSecurityPolicy(nonce, connect)), "content-type": file.type };
  if (file.path.endsWith(".html")) {
    const body = Buffer.from(withNonce(file.body.toString("utf8"), nonce));
    return { headers: { ...headers, "cache-control": "no-store" }, body, cacheKey: null };
  }
  const keep = file.immutable ? "private, max-age=31536000, immutable" : "private, no-cache";
  return {
    headers: { ...headers, "cache-control": keep, etag: file.etag },
    body: file.body,
    cacheKey: `${file.path} ${file.etag}`,
  };
}
