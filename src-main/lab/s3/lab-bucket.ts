import { createHash, randomUUID } from "node:crypto";
import { byBytes, lowerBound } from "./key-order.ts";
import type { HeldBytes } from "./held-bytes.ts";

export type Versioning = "Enabled" | "Suspended" | null;

/** One version of an object, or a delete marker, which has no bytes. */
export interface KeptVersion {
  /** `null`, as a word, where it was written without versions. */
  readonly versionId: string;
  readonly bytes: Buffer | null;
  /** Without quotes; empty for a marker. */
  readonly etag: string;
  readonly modifiedMs: number;
  readonly contentType: string;
}

export interface NewObject {
  readonly bytes: Buffer;
  /** That of the bytes where there is none. */
  readonly etag?: string;
  readonly contentType?: string;
  /** When it was written; now where that is not said. */
  readonly modifiedMs?: number;
}

/** A bucket in memory: versions of each key, newest first. */
export class LabBucket {
  readonly name: string;
  readonly createdMs: number;
  versioning: Versioning;
  /** Documents of its settings by their sub-resource (`lifecycle`, `policy`), as they were put. */
  readonly settings = new Map<string, string>();
  readonly #versions = new Map<string, KeptVersion[]>();
  readonly #held: HeldBytes;
  readonly #nowMs: () => number;
  #sorted: readonly string[] | null = null;

  constructor(name: string, versioning: Versioning, held: HeldBytes, nowMs: () => number) {
    this.name = name;
    this.versioning = versioning;
    this.#held = held;
    this.#nowMs = nowMs;
    this.createdMs = nowMs();
  }

  /** Keys that have any version, in the order of their bytes. */
  keys(): readonly string[] {
    this.#sorted ??= [...this.#versions.keys()].sort(byBytes);
    return this.#sorted;
  }

  /** Keys above one, or from it on. */
  *keysFrom(key: string, inclusive: boolean): Generator<string> {
    const keys = this.keys();
    let at = lowerBound(keys, key);
    if (!inclusive && keys[at] === key) at += 1;
    for (; at < keys.length; at += 1) yield keys[at] ?? "";
  }

  /** Newest first; empty where there never was one. */
  versionsOf(key: string): readonly KeptVersion[] {
    return this.#versions.get(key) ?? [];
  }

  /** What is on top, a delete marker as well. */
  latest(key: string): KeptVersion | null {
    return this.#versions.get(key)?.[0] ?? null;
  }

  version(key: string, versionId: string): KeptVersion | null {
    return this.versionsOf(key).find((each) => each.versionId === versionId) ?? null;
  }

  /** @throws S3Problem `XMinioStorageFull` */
  put(key: string, object: NewObject): KeptVersion {
    const { bytes, contentType = "binary/octet-stream" } = object;
    const etag = object.etag ?? createHash("md5").update(bytes).digest("hex");
    return this.#add(key, { bytes, etag, contentType }, object.modifiedMs);
  }

  /** As S3 deletes without a version: a marker where versions are kept; `null` where the object simply went. */
  remove(key: string): KeptVersion | null {
    if (this.versioning !== null) return this.#add(key, { bytes: null, etag: "", contentType: "" });
    this.removeVersion(key, "null");
    return null;
  }

  /** Removes one version for good; `null` where there is none. */
  removeVersion(key: string, versionId: string): KeptVersion | null {
    const versions = this.#versions.get(key) ?? [];
    const at = versions.findIndex((each) => each.versionId === versionId);
    const found = versions[at];
    if (found === undefined) return null;
    versions.splice(at, 1);
    if (found.bytes !== null) this.#held.release(found.bytes);
    if (versions.length === 0) this.#forget(key);
    return found;
  }

  get empty(): boolean {
    return this.#versions.size === 0;
  }

  /** Objects that a listing shows, their bytes, and what is kept besides. */
  usage(): { objects: number; bytes: number; versions: number; markers: number } {
    const usage = { objects: 0, bytes: 0, versions: 0, markers: 0 };
    for (const versions of this.#versions.values()) {
      if (versions[0]?.bytes != null) usage.objects += 1;
      for (const { bytes } of versions) {
        if (bytes === null) usage.markers += 1;
        else usage.versions += 1;
        usage.bytes += bytes?.length ?? 0;
      }
    }
    return usage;
  }

  #add(key: string, record: Pick<KeptVersion, "bytes" | "etag" | "contentType">, atMs?: number): KeptVersion {
    if (record.bytes !== null) this.#held.hold(record.bytes);
    const versionId = this.versioning === "Enabled" ? randomUUID() : "null";
    if (versionId === "null") this.removeVersion(key, "null");
    const known = this.#versions.get(key);
    // Two versions of a key never have the same time: their order is told by it.
    const modifiedMs = Math.max(Math.floor(atMs ?? this.#nowMs()), (known?.[0]?.modifiedMs ?? 0) + 1);
    const version: KeptVersion = { ...record, versionId, modifiedMs };
    if (known !== undefined) known.unshift(version);
    else {
      this.#versions.set(key, [version]);
      this.#sorted = null;
    }
    return version;
  }

  #forget(key: string): void {
    this.#versions.delete(key);
    this.#sorted = null;
  }
}
