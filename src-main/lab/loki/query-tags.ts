import type { IncomingHttpHeaders } from "node:http";

/** Pairs of `X-Query-Tags`: names in lower case, values as they came. */
export type QueryTags = ReadonlyMap<string, string>;

/** The header as Loki takes it: what is outside its alphabet becomes `_`, and only whole `name=value` pairs count. */
export function queryTagsOf(headers: IncomingHttpHeaders): QueryTags {
  const header = headers["x-query-tags"];
  const text = (Array.isArray(header) ? header.join(",") : (header ?? "")).replace(/[^a-zA-Z0-9\-=.@, ]/g, "_");
  const tags = new Map<string, string>();
  for (const piece of text.split(",")) {
    const parts = piece.split("=").filter((part) => part !== "");
    if (parts.length === 2) tags.set((parts[0] ?? "").toLowerCase(), parts[1] ?? "");
  }
  return tags;
}

/** `query_hash`: FNV-1 of 32 bits over the query's UTF-8 bytes. */
export function queryHash(query: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(query)) hash = Math.imul(hash, 0x01000193) ^ byte;
  return hash >>> 0;
}
