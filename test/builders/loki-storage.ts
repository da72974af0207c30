import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { recordedObjects, unpackLokiBucket, writeObject } from "./loki-bucket.ts";

const INDEX = new URL("../fixtures/loki-index/index", import.meta.url);

/** Damages of the recorded bucket's index, by what was done to it. */
export const INDEX_DAMAGES = {
  corrupt: "index/index_20777/acme/1795355222658276808-compactor-1795168800000-1795170299000-8e64afbc.tsdb.gz",
  removed: [
    "index/index_20777/1795354853-ingester-1-1795354853687219601.tsdb.gz",
    "index/index_20777/1795354853-ingester-2-1795354853695730854.tsdb.gz",
    "index/index_20777/1795354853-ingester-3-1795354853652776911.tsdb.gz",
    "index/index_20777/globex/1795355222658113302-compactor-1795168800000-1795169699000-b52b1d0a.tsdb.gz",
  ],
  copied: "index/index_20779/tiny/1795355222517039215-compactor-1795354887580-1795355083586-40a0293a.tsdb.gz",
  copy: "index/index_20779/tiny/1795355222517039216-compactor-1795354887580-1795355083586-40a0293a.tsdb.gz",
} as const;

/** Puts the recorded bucket with its index into a folder, damaged where that is asked for. */
export function unpackLokiStorage(folder: string, state: "whole" | "damaged"): void {
  for (const [key, bytes] of recordedObjects("../loki-index/objects.ndjson.gz")) writeObject(folder, key, bytes);
  unpackLokiBucket(folder, state);
  cpSync(INDEX, join(folder, "index"), { recursive: true });
  if (state === "whole") return;
  const { corrupt, removed, copied, copy } = INDEX_DAMAGES;
  const packed = readFileSync(join(folder, corrupt));
  for (let at = 200; at < 240; at += 1) packed[at] = ~(packed[at] ?? 0) & 0xff;
  writeFileSync(join(folder, corrupt), packed);
  for (const key of removed) rmSync(join(folder, key));
  cpSync(join(folder, copied), join(folder, copy));
}
