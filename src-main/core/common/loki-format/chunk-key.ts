/** The name of a chunk object: everything an index knows of a chunk. */
export interface ChunkKey {
  readonly tenant: string;
  /** Of the stream's labels, unsigned 64 bits. */
  readonly fingerprint: bigint;
  /** Milliseconds since the epoch, both ends included. */
  readonly fromMs: number;
  readonly throughMs: number;
  /** CRC32C of the whole object, unsigned 32 bits. */
  readonly checksum: number;
}

/** What a copy's file name says of the key: a part of a bucket may be copied without the folders above. */
export type KnownKey = Partial<ChunkKey>;

export interface ChunkKeyForm {
  /** Stands for every `:` (`s3.chunk_delimiter`; a copy on a file system that knows no `:`). */
  readonly delimiter: string;
  /** `<tenant>/<fp>:<from>:…` of schemas before v12, instead of `<tenant>/<fp>/<from>:…`. */
  readonly flat: boolean;
  /** The last segment is base64, as the filesystem store writes it. */
  readonly base64: boolean;
}

export const CURRENT_KEY_FORM: ChunkKeyForm = { delimiter: ":", flat: false, base64: false };

/** What copies put for `:`: itself, percent-encoded, full-width (rclone), and what `chunk_delimiter` is usually set to. */
const DELIMITERS = [":", "%3A", "%3a", "：", "-", "_", "."];

const HEX64 = "[0-9a-f]{1,16}";
const HEX32 = "[0-9a-f]{1,8}";

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

const PATTERNS = DELIMITERS.map((delimiter) => {
  const d = escaped(delimiter);
  const tail = `(${HEX64})${d}(${HEX64})${d}(${HEX32})`;
  return { delimiter, nested: new RegExp(`^(${HEX64})/${tail}$`), flat: new RegExp(`^(${HEX64})${d}${tail}$`) };
});

function milliseconds(hex: string): number | null {
  const value = Number.parseInt(hex, 16);
  return Number.isSafeInteger(value) ? value : null;
}

function fromParts(tenant: string, [, fingerprint, from, through, checksum]: readonly string[]): ChunkKey | null {
  const fromMs = milliseconds(from ?? "");
  const throughMs = milliseconds(through ?? "");
  if (tenant === "" || fingerprint === undefined || checksum === undefined) return null;
  if (fromMs === null || throughMs === null) return null;
  return {
    tenant,
    fingerprint: BigInt(`0x${fingerprint}`),
    fromMs,
    throughMs,
    checksum: Number.parseInt(checksum, 16),
  };
}

function plain(tenant: string, rest: string, base64: boolean): { key: ChunkKey; form: ChunkKeyForm } | null {
  for (const { delimiter, nested, flat } of PATTERNS) {
    for (const [pattern, isFlat] of [
      [nested, false],
      [flat, true],
    ] as const) {
      const key = fromParts(tenant, pattern.exec(rest) ?? []);
      if (key !== null) return { key, form: { delimiter, flat: isFlat, base64 } };
    }
  }
  return null;
}

function base64Text(segment: string): string | null {
  if (!/^[A-Za-z0-9+/\-_]+={0,2}$/.test(segment)) return null;
  const text = Buffer.from(segment, "base64").toString("latin1");
  return /^[\x21-\x7e]+$/.test(text) ? text : null;
}

/**
 * Reads an object's key (Loki `pkg/storage/config/schema_config.go`: `ExternalKey`), or the path of its copy, without the
 * store's own prefix; `null` when it cannot be one of Loki's. Numbers are lower-case hex without padding. The filesystem store
 * writes the whole key behind the tenant in base64 in flat schemas, and the last segment in nested ones.
 */
export function parseChunkKey(text: string): { readonly key: ChunkKey; readonly form: ChunkKeyForm } | null {
  const slash = text.indexOf("/");
  if (slash < 1) return null;
  const tenant = text.slice(0, slash);
  const rest = text.slice(slash + 1);
  const direct = plain(tenant, rest, false);
  if (direct !== null) return direct;
  const lastSlash = rest.lastIndexOf("/");
  const decoded = base64Text(rest.slice(lastSlash + 1));
  return decoded === null ? null : plain(tenant, rest.slice(0, lastSlash + 1) + decoded, true);
}

/** The key as Loki writes it, in the current form or in an older one. */
export function formatChunkKey(key: ChunkKey, form: ChunkKeyForm = CURRENT_KEY_FORM): string {
  const [fingerprint, ...others] = [key.fingerprint, key.fromMs, key.throughMs, key.checksum].map((part) =>
    part.toString(16),
  );
  const times = others.join(form.delimiter);
  const last = form.flat ? `${fingerprint}${form.delimiter}${times}` : times;
  const written = form.base64 ? Buffer.from(last, "latin1").toString("base64") : last;
  return form.flat ? `${key.tenant}/${written}` : `${key.tenant}/${fingerprint}/${written}`;
}
