import type { IndexKey } from "../../common/loki-format/tsdb/index-key.ts";
import { readTsdbIndex } from "../../common/loki-format/tsdb/read-tsdb-index.ts";
import { INDEX_MAX_BYTES, unpackIndex } from "../integrity/unpack-index.ts";

const MAX_TENANTS = 1_000;

/** What an index file says of itself; plain data for JSON. */
export interface IndexInspection {
  readonly kind: "index";
  readonly key: string;
  readonly table: string;
  readonly sizeBytes: number;
  /** `null` where it does not unpack; why is `problem`. */
  readonly unpackedBytes: number | null;
  readonly problem: string | null;
  readonly version: number | null;
  readonly from: string | null;
  readonly through: string | null;
  readonly series: number;
  readonly chunks: number;
  /** With the number of their series, in the order of the file. */
  readonly tenants: readonly { readonly tenant: string; readonly series: number }[];
  readonly findings: readonly {
    readonly what: string;
    readonly offset: number;
    readonly expected: string | null;
    readonly actual: string | null;
    readonly detail: string | null;
  }[];
  /** Findings that are not listed for their number. */
  readonly unlisted: number;
}

/** Reads an index file from its first to its last byte. Never throws: what is wrong is among the findings. */
export function inspectIndex(
  packed: Uint8Array,
  key: string,
  index: Extract<IndexKey, { readonly kind: "uploaded" | "compacted" }>,
): IndexInspection {
  const { bytes, problem } = unpackIndex(packed, INDEX_MAX_BYTES);
  const tenants = new Map<string, number>();
  const reading =
    bytes === null
      ? null
      : readTsdbIndex(bytes, index, ({ tenant }) => {
          if (tenants.has(tenant) || tenants.size < MAX_TENANTS) tenants.set(tenant, (tenants.get(tenant) ?? 0) + 1);
        });
  const toc = reading?.toc ?? null;
  return {
    kind: "index",
    key,
    table: index.table,
    sizeBytes: packed.length,
    unpackedBytes: bytes?.length ?? null,
    problem: problem === "" ? null : problem,
    version: toc?.version ?? null,
    from: toc === null ? null : isoTime(toc.fromMs),
    through: toc === null ? null : isoTime(toc.throughMs),
    series: reading?.series ?? 0,
    chunks: reading?.chunks ?? 0,
    tenants: [...tenants].map(([tenant, series]) => ({ tenant, series })),
    findings: (reading?.findings ?? []).map(({ kind, offset, expected, actual, detail }) => ({
      what: kind,
      offset,
      expected: expected ?? null,
      actual: actual ?? null,
      detail: detail ?? null,
    })),
    unlisted: reading?.unlisted ?? 0,
  };
}

/** Bounds of a file that nobody vouches for may be no time at all. */
function isoTime(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? `${ms} ms` : date.toISOString();
}
