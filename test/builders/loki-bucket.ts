import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";

const FIXTURE = new URL("../fixtures/loki-bucket/", import.meta.url);

/** What Loki's own inspection says of a recorded chunk; timestamps are cut to microseconds, lines at their ends trimmed. */
export interface RecordedChunk {
  readonly key: string;
  readonly tenant: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly from_ms: number;
  readonly through_ms: number;
  readonly metadata_length: number;
  readonly data_length: number;
  readonly format_version: string;
  readonly encoding: string;
  readonly blocks_metadata_checksum: string;
  readonly size: number;
  readonly blocks: readonly {
    readonly position: number;
    readonly original_length: number;
    readonly stored: number;
    readonly checksum: string;
  }[];
  readonly entries: number;
  readonly first_ts_ns: string;
  readonly last_ts_ns: string;
  readonly first_line: string;
  readonly last_line: string;
  readonly first_structured_metadata: string;
}

/** A damage that was done to the recorded bucket on purpose. */
export interface RecordedDamage {
  readonly kind: string;
  readonly key: string;
  readonly what: string;
  /** Entries of the object before it was damaged. */
  readonly promised: number | null;
}

function linesOf(name: string): readonly unknown[] {
  return gunzipSync(readFileSync(new URL(name, FIXTURE)))
    .toString("utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
}

export function recordedChunks(): readonly RecordedChunk[] {
  return linesOf("truth.ndjson.gz") as readonly RecordedChunk[];
}

export function recordedDamages(): readonly RecordedDamage[] {
  const { damages } = JSON.parse(readFileSync(new URL("damaged.json", FIXTURE), "utf8")) as {
    readonly damages: readonly RecordedDamage[];
  };
  return damages;
}

/** Objects of the recorded bucket by key. They are kept in one file: not every file system takes the `:` of keys. */
export function recordedObjects(
  file: "objects.ndjson.gz" | "damaged-objects.ndjson.gz" | "../loki-index/objects.ndjson.gz",
): ReadonlyMap<string, Buffer> {
  const objects = linesOf(file) as readonly { readonly key: string; readonly base64: string }[];
  return new Map(objects.map(({ key, base64 }) => [key, Buffer.from(base64, "base64")]));
}

export function writeObject(folder: string, key: string, bytes: Uint8Array): string {
  const file = join(folder, key);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  return file;
}

/** Puts the recorded bucket into a folder as a copy of it would be, damaged where that is asked for. */
export function unpackLokiBucket(folder: string, state: "whole" | "damaged" = "whole"): void {
  for (const [key, bytes] of recordedObjects("objects.ndjson.gz")) writeObject(folder, key, bytes);
  if (state === "whole") return;
  for (const { kind, key } of recordedDamages()) {
    if (kind === "missing-chunk") rmSync(join(folder, key), { force: true });
  }
  for (const [key, bytes] of recordedObjects("damaged-objects.ndjson.gz")) writeObject(folder, key, bytes);
}
