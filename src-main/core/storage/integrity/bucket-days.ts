import type { BucketDay, BucketGrowth } from "../../../../src-shared/model/storage/scan.ts";
import { STORAGE_SEVERITIES, type StorageFinding } from "../../../../src-shared/model/storage-finding.ts";
import type { ChunkKey } from "../../common/loki-format/chunk-key.ts";
import { daysOf, type ChunkBook } from "./chunk-book.ts";
import type { IndexPass } from "./index-pass.ts";

const DAY_MS = 86_400_000;
/** Tenants times days; of more there is a count. */
const MAX_ROWS = 100_000;
/** Days of the calendar alone: bounds of a wrong key may be centuries apart. */
const LAST_DAY = 100_000;
const MAX_GROWTH_TENANTS = 1_000;

type DayCounts = { -readonly [Name in keyof BucketDay]: BucketDay[Name] };

/** What is in a bucket by tenant and day, counted once everything is known of it. */
export class BucketDays {
  readonly #rows = new Map<string, DayCounts>();
  leftOut = 0;

  /** Counts the chunks that are there. */
  count(
    book: ChunkBook,
    pass: IndexPass,
    counts: (tenant: string, fromMs: number, throughMs: number) => boolean,
  ): void {
    const names = book.tenantNames;
    for (const chunk of book.counted()) {
      const tenant = names[chunk.tenant] ?? "";
      if (!counts(tenant, chunk.fromMs, chunk.throughMs)) continue;
      for (const [at, day] of daysOf(chunk).entries()) {
        const row = this.#row(tenant, day);
        if (row === null) continue;
        row.chunks += 1;
        if (at === 0) row.bytes += chunk.sizeBytes;
        if (chunk.sound) row.verified += 1;
        if (chunk.damaged) row.damaged += 1;
        if (chunk.referenced || chunk.damaged) continue;
        if (pass.covered.has(`${day} ${tenant}`)) row.orphans += chunk.sound ? 1 : 0;
        else if (!pass.isUnread(day, tenant)) row.indexMissing = true;
      }
    }
  }

  missing(chunk: ChunkKey): void {
    for (const day of daysOf(chunk)) {
      const row = this.#row(chunk.tenant, day);
      if (row !== null) row.missing += 1;
    }
  }

  /** The worst that was found of a tenant's days; days that nothing else is known of are not made of it. */
  found({ tenant, fromMs, throughMs, severity }: StorageFinding): void {
    if (tenant === null || fromMs === null || throughMs === null) return;
    for (const day of daysOf({ fromMs, throughMs })) {
      const row = this.#rows.get(`${day} ${tenant}`);
      if (row === undefined) continue;
      const known = row.worst === null ? STORAGE_SEVERITIES.length : STORAGE_SEVERITIES.indexOf(row.worst);
      if (STORAGE_SEVERITIES.indexOf(severity) < known) row.worst = severity;
    }
  }

  rows(): Iterable<BucketDay> {
    return this.#rows.values();
  }

  #row(tenant: string, day: number): DayCounts | null {
    const id = `${day} ${tenant}`;
    const known = this.#rows.get(id);
    if (known !== undefined) return known;
    if (this.#rows.size >= MAX_ROWS || day < 0 || day > LAST_DAY) {
      this.leftOut += 1;
      return null;
    }
    const row: DayCounts = {
      tenant,
      day: new Date(day * DAY_MS).toISOString().slice(0, 10),
      chunks: 0,
      bytes: 0,
      verified: 0,
      damaged: 0,
      missing: 0,
      orphans: 0,
      indexMissing: false,
      worst: null,
    };
    this.#rows.set(id, row);
    return row;
  }
}

/** Chunks and bytes of each tenant, the largest first. */
export function tenantSizes(book: ChunkBook): BucketGrowth["tenants"] {
  const names = book.tenantNames;
  const sizes = names.map((tenant) => ({ tenant, chunks: 0, bytes: 0 }));
  for (const { tenant, sizeBytes } of book.counted()) {
    const size = sizes[tenant];
    if (size === undefined) continue;
    size.chunks += 1;
    size.bytes += sizeBytes;
  }
  return sizes.toSorted((a, b) => b.bytes - a.bytes).slice(0, MAX_GROWTH_TENANTS);
}
