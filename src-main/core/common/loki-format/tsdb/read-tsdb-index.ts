import { checksumText } from "../chunk-finding.ts";
import { streamHash } from "../../../../../src-shared/logql/pipeline/stream-hash.ts";
import type { LabelSet } from "../../../../../src-shared/model/labels.ts";
import type { IndexKey } from "./index-key.ts";
import { TsdbFindings, type TsdbFinding } from "./tsdb-finding.ts";
import { visitTsdbSeries, type TsdbChunkRefs } from "./tsdb-series.ts";
import { readTsdbSymbols } from "./tsdb-symbols.ts";
import { checkTsdbTables } from "./tsdb-tables.ts";
import { readTsdbToc, type TsdbToc } from "./tsdb-toc.ts";

/** In files of many tenants; not part of the fingerprint. */
const TENANT_LABEL = "__loki_tenant__";
/** Fingerprints below are given out by the ingester where two streams' labels hash alike. */
const MAPPED_FINGERPRINTS = 1n << 20n;

/** A series as whoever reads an index wants it. `chunks` is used again for the next one. */
export interface IndexedSeries {
  readonly tenant: string;
  readonly fingerprint: bigint;
  /** Without the tenant's. */
  readonly labels: LabelSet;
  readonly chunks: TsdbChunkRefs;
}

export interface TsdbIndexReading {
  /** `null` where the file cannot be read at all. */
  readonly toc: TsdbToc | null;
  readonly series: number;
  readonly chunks: number;
  readonly findings: readonly TsdbFinding[];
  /** Findings that were not listed for their number. */
  readonly unlisted: number;
}

/**
 * Reads an unpacked index file (Loki `pkg/storage/stores/shipper/indexshipper/tsdb`, versions 1 to 3) from its first to its last
 * byte and checks every checksum in it, also those that Loki passes over. `key` says what its name promises; `null` where
 * the name says nothing. Never throws. Nothing of it is held: `visit` sees each series once.
 */
export function readTsdbIndex(
  file: Uint8Array,
  key: IndexKey | null,
  visit: (series: IndexedSeries) => void,
): TsdbIndexReading {
  const findings = new TsdbFindings();
  const toc = readTsdbToc(file, findings);
  const symbols = toc === null ? null : readTsdbSymbols(file, toc, findings);
  if (toc === null || symbols === null) return { toc, series: 0, chunks: 0, findings: findings.list, unlisted: 0 };
  if (key?.kind === "compacted") compareWithName(toc, key, findings);
  const owner = key?.kind === "compacted" ? key.tenant : null;
  const offsets = new Set<number>();
  let chunks = 0;
  visitTsdbSeries(file, toc, symbols, findings, (series) => {
    offsets.add(series.offset);
    const all = series.labels();
    if (all === null) {
      findings.add({ kind: "series-symbol", offset: series.offset });
      return;
    }
    const { [TENANT_LABEL]: named, ...labels } = all;
    const tenant = named ?? owner;
    if (tenant === null) {
      findings.add({ kind: "tenant-missing", offset: series.offset });
      return;
    }
    checkSeries(series.fingerprint, labels, series.offset, findings);
    checkBounds(series.chunks, series.offset, findings);
    chunks += series.chunks.count;
    visit({ tenant, fingerprint: series.fingerprint, labels, chunks: series.chunks });
  });
  checkTsdbTables(file, toc, offsets, findings);
  const counted = new Set(findings.list.map(({ kind }) => kind));
  const total = [...counted].reduce((sum, kind) => sum + findings.count(kind), 0);
  return { toc, series: offsets.size, chunks, findings: findings.list, unlisted: total - findings.list.length };
}

function compareWithName(toc: TsdbToc, key: Extract<IndexKey, { kind: "compacted" }>, findings: TsdbFindings): void {
  if (toc.checksum !== key.checksum) {
    const values = { expected: checksumText(key.checksum), actual: checksumText(toc.checksum) };
    findings.add({ kind: "name-checksum", offset: toc.at, ...values });
  }
  // Older compactors wrote seconds.
  const matches = (name: number, ms: number): boolean => name === ms || name * 1_000 === ms;
  if (matches(key.fromMs, toc.fromMs) && matches(key.throughMs, toc.throughMs)) return;
  findings.add({
    kind: "name-bounds",
    offset: toc.at,
    expected: `${key.fromMs}-${key.throughMs}`,
    actual: `${toc.fromMs}-${toc.throughMs}`,
  });
}

function checkSeries(fingerprint: bigint, labels: LabelSet, offset: number, findings: TsdbFindings): void {
  if (fingerprint < MAPPED_FINGERPRINTS) return;
  const hash = streamHash(labels);
  if (hash === fingerprint) return;
  findings.add({ kind: "series-fingerprint", offset, expected: hash.toString(16), actual: fingerprint.toString(16) });
}

function checkBounds(chunks: TsdbChunkRefs, offset: number, findings: TsdbFindings): void {
  for (let at = 0; at < chunks.count; at += 1) {
    if ((chunks.throughMs[at] ?? 0) >= (chunks.fromMs[at] ?? 0)) continue;
    findings.add({ kind: "chunk-bounds", offset });
  }
}
