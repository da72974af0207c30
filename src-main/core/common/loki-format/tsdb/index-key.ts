/** Which index file an object is, by its key. Times are milliseconds. */
export type IndexKey =
  | {
      /** As ingesters upload it: all tenants in one file. */
      readonly kind: "uploaded";
      readonly table: string;
      readonly uploader: string;
      readonly createdMs: number;
    }
  | {
      /** As the compactor makes it: one tenant. */
      readonly kind: "compacted";
      readonly table: string;
      readonly tenant: string;
      readonly createdMs: number;
      readonly fromMs: number;
      readonly throughMs: number;
      /** CRC32C of the table of contents. */
      readonly checksum: number;
    }
  /** The compactor's own; nothing of the console's business but to leave alone. */
  | { readonly kind: "delete-requests" | "marker" | "deletion-manifest" }
  /** BoltDB of schemas up to v12. */
  | { readonly kind: "boltdb"; readonly table: string; readonly tenant: string | null };

const TSDB_SUFFIX = /\.tsdb(?:\.gz)?$/;
const UPLOADED = /^(\d{1,16})-(.+)-(\d{1,20})\.tsdb(?:\.gz)?$/;
const COMPACTED = /^(\d{1,20})-compactor-(-?\d{1,16})-(-?\d{1,16})-([0-9a-f]{1,8})\.tsdb(?:\.gz)?$/;

/** Unix time of 10 digits is seconds, of 19 nanoseconds. */
function createdMs(digits: string): number {
  if (digits.length <= 11) return Number(digits) * 1_000;
  return digits.length <= 14 ? Number(digits) : Math.floor(Number(digits) / 1e6);
}

/**
 * Reads a key below the index's path prefix (`index/` as a rule) without that prefix: `<table>/<file>` or
 * `<table>/<tenant>/<file>` (Loki `indexshipper/tsdb/identifier.go`). `null` when it is none of Loki's.
 */
export function parseIndexKey(path: string): IndexKey | null {
  const parts = path.split("/");
  const [table = "", second = "", third] = parts;
  if (table === "delete_requests") return { kind: "delete-requests" };
  if (table === "__deletion_manifest__") return { kind: "deletion-manifest" };
  if (parts.length < 2 || parts.length > 3 || table === "" || second === "") return null;
  const name = third ?? second;
  const tenant = third === undefined ? null : second;
  if (!TSDB_SUFFIX.test(name)) return /\.gz$|-\d+$/.test(name) ? { kind: "boltdb", table, tenant } : null;
  if (tenant !== null) {
    const [, created = "", from, through, checksum = ""] = COMPACTED.exec(name) ?? [];
    if (from === undefined || through === undefined) return null;
    return {
      kind: "compacted",
      table,
      tenant,
      createdMs: createdMs(created),
      fromMs: Number(from),
      throughMs: Number(through),
      checksum: Number.parseInt(checksum, 16),
    };
  }
  const [, created, uploader = ""] = UPLOADED.exec(name) ?? [];
  return created === undefined ? null : { kind: "uploaded", table, uploader, createdMs: createdMs(created) };
}

const DAY_MS = 86_400_000;

/** The day that a table holds, in milliseconds: tables are named by days since the epoch. `null` for another name. */
export function tableDayMs(table: string): number | null {
  const [, days] = /(\d{1,7})$/.exec(table) ?? [];
  return days === undefined ? null : Number(days) * DAY_MS;
}
