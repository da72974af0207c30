/**
 * What can be wrong with an index file. Loki checks the table of contents and the symbols when it opens a file, a series when
 * it reads it, and the rest never.
 *
 * - `empty`, `not-gzip`, `gzip-damaged`, `too-large`: the object around the file; of a damaged one what unpacks is read.
 * - `not-an-index`, `version-unknown`: it does not begin as an index does.
 * - `truncated`: it ends before its table of contents says.
 * - `toc-checksum`, `toc-unreadable`: the table of contents, without which nothing is found.
 * - `symbols-checksum`, `symbols-unreadable`: names and values of labels.
 * - `series-checksum`, `series-unreadable`: one series; where the next begins is still known.
 * - `series-unordered`: a series out of the order of fingerprints: a query can miss it.
 * - `series-fingerprint`: its labels do not hash to its fingerprint, and it is none that is given out for collisions.
 * - `series-symbol`: it refers to a symbol that does not exist.
 * - `chunk-bounds`: a chunk that ends before it begins.
 * - `label-index-checksum`, `postings-checksum`, `fingerprint-offsets-checksum`: tables that queries begin with.
 * - `postings-series`: postings name a series that is not there, or leave one out: queries by that label miss it.
 * - `name-checksum`, `name-bounds`: the file is another than its name says.
 * - `tenant-missing`: a series of a file of many tenants that names none.
 */
export const TSDB_FINDING_KINDS = [
  "empty",
  "not-gzip",
  "gzip-damaged",
  "too-large",
  "not-an-index",
  "version-unknown",
  "truncated",
  "toc-checksum",
  "toc-unreadable",
  "symbols-checksum",
  "symbols-unreadable",
  "series-checksum",
  "series-unreadable",
  "series-unordered",
  "series-fingerprint",
  "series-symbol",
  "chunk-bounds",
  "label-index-checksum",
  "postings-checksum",
  "postings-series",
  "fingerprint-offsets-checksum",
  "name-checksum",
  "name-bounds",
  "tenant-missing",
] as const;
export type TsdbFindingKind = (typeof TSDB_FINDING_KINDS)[number];

/** One thing that is wrong, with its evidence. Plain data. */
export interface TsdbFinding {
  readonly kind: TsdbFindingKind;
  /** Byte of the unpacked file where it shows. */
  readonly offset: number;
  readonly expected?: string;
  readonly actual?: string;
  readonly detail?: string;
}

/** Findings of one file, each kind at most so often: a wrecked file would name every series. */
export class TsdbFindings {
  readonly #limit: number;
  readonly #counts = new Map<TsdbFindingKind, number>();
  readonly list: TsdbFinding[] = [];

  constructor(limitPerKind = 100) {
    this.#limit = limitPerKind;
  }

  add(finding: TsdbFinding): void {
    const count = (this.#counts.get(finding.kind) ?? 0) + 1;
    this.#counts.set(finding.kind, count);
    if (count <= this.#limit) this.list.push(finding);
  }

  count(kind: TsdbFindingKind): number {
    return this.#counts.get(kind) ?? 0;
  }
}
