import { tableDayMs } from "../../../common/loki-format/tsdb/index-key.ts";
import type { IndexEntry } from "./classifier.ts";
import type { IndexVerdict } from "./index-protocol.ts";
import { triesOf, type SourceVersion } from "./key-state.ts";
import type { Naming } from "./references.ts";

/** The name of an uploaded file says when its ingester began it; it is cut after 15 minutes, and uploaded every minute. */
const UPLOAD_DELAY_MS = 20 * 60_000;

/** An index file that is brought back. */
export interface RestoredIndex {
  readonly entry: IndexEntry;
  readonly version: SourceVersion;
}

/** What is done about one table, and why the rest is not. */
export interface TablePlan {
  readonly restored: readonly RestoredIndex[];
  /** Files that are there and whole. */
  readonly sound: number;
  readonly missing: number;
  readonly damaged: number;
  /** Files that are damaged or gone, that nobody has whole, and that nothing stands in for. */
  readonly lost: readonly IndexEntry[];
  /** Files of the source that compaction has replaced since: bringing them back would name everything twice. */
  readonly replaced: number;
  /** Damaged files that nobody has whole and that stay where they are: Loki stumbles over them. */
  readonly stays: readonly IndexEntry[];
}

/** How the files of a table are read. With a naming, what a whole file names counts. */
export interface TableReader {
  readonly current: (entry: IndexEntry, naming: Naming | null) => Promise<IndexVerdict>;
  readonly source: (entry: IndexEntry, version: SourceVersion, naming: Naming | null) => Promise<IndexVerdict>;
  readonly isTenantInScope: (tenant: string) => boolean;
  /** Whether this file is asked for, where only some findings are. */
  readonly isTarget: (entry: IndexEntry) => boolean;
}

const RESTORED: Naming = { isRestored: true };

type Compacted = IndexEntry & { readonly index: { readonly kind: "compacted" } };

/**
 * Decides about the index files of one table. The newest index of a tenant wins, but only if it is whole:
 * - A file that is there and whole stays. One that is damaged is replaced by its own newest whole version.
 * - A compacted file that is missing comes back only where no newer one of its tenant is there: otherwise compaction, retention or
 *   a delete request has replaced it on purpose. Of several the newest whole one comes, the others are part of it.
 * - An uploaded file that is missing comes back unless each tenant that it names was compacted after the source's state.
 * - Where a tenant's compacted files are all damaged, an older one that had been replaced stands in, with the uploaded files that
 *   are younger than it.
 */
export async function planTable(entries: readonly IndexEntry[], reader: TableReader): Promise<TablePlan> {
  return await new TablePlanner(entries, reader).plan();
}

/** Everything that the source has of a table, for a drill. */
export async function planWholeTable(entries: readonly IndexEntry[], reader: TableReader): Promise<TablePlan> {
  const planner = new TablePlanner(entries, reader);
  return await planner.planAll();
}

class TablePlanner {
  readonly #entries: readonly IndexEntry[];
  readonly #reader: TableReader;
  readonly #restored: RestoredIndex[] = [];
  readonly #lost: IndexEntry[] = [];
  readonly #stays: IndexEntry[] = [];
  /** When the newest whole compacted file of a tenant was made, and when the newest that the source's state did not have. */
  readonly #newest = new Map<string, { readonly createdMs: number; readonly sinceMs: number }>();
  #sound = 0;
  #missing = 0;
  #damaged = 0;
  #replaced = 0;

  constructor(entries: readonly IndexEntry[], reader: TableReader) {
    this.#entries = entries;
    this.#reader = reader;
  }

  async plan(): Promise<TablePlan> {
    const compacted = this.#entries.filter(isCompacted);
    const uploaded = this.#entries.filter(({ index }) => index.kind === "uploaded");
    for (const entry of compacted.filter(({ state }) => state.current !== null)) await this.#keepOrMend(entry);
    const tenants = new Set(compacted.map(({ index }) => index.tenant));
    for (const tenant of tenants) await this.#bringBackNewest(compacted.filter(({ index }) => index.tenant === tenant));
    for (const entry of uploaded.filter(({ state }) => state.current !== null)) await this.#keepOrMend(entry);
    for (const entry of uploaded.filter(({ state }) => state.current === null && state.wanted !== null)) {
      await this.#bringBackUploaded(entry, ({ tenants: named }) => named.some((tenant) => this.#isOpen(tenant, entry)));
    }
    for (const tenant of tenants) await this.#standIn(tenant, compacted, uploaded);
    return this.#result();
  }

  async planAll(): Promise<TablePlan> {
    for (const entry of this.#entries.filter(({ state }) => state.wanted !== null)) {
      this.#missing += 1;
      const version = await this.#firstWhole(entry, RESTORED);
      if (version === null) this.#lost.push(entry);
      else this.#restored.push({ entry, version });
    }
    return this.#result();
  }

  #result(): TablePlan {
    return {
      restored: this.#restored,
      sound: this.#sound,
      missing: this.#missing,
      damaged: this.#damaged,
      lost: this.#lost,
      replaced: this.#replaced,
      stays: this.#stays,
    };
  }

  /** A file that is there. */
  async #keepOrMend(entry: IndexEntry): Promise<void> {
    const verdict = await this.#reader.current(entry, { isRestored: false });
    if (verdict.isWhole) {
      this.#sound += 1;
      this.#note(entry);
      return;
    }
    if (!this.#reader.isTarget(entry)) return;
    this.#damaged += 1;
    const version = await this.#firstWhole(entry, RESTORED);
    if (version === null) {
      this.#stays.push(entry);
      return;
    }
    this.#restored.push({ entry, version });
    this.#note(entry);
  }

  /** Of one tenant's compacted files, those that are not there. */
  async #bringBackNewest(compacted: readonly Compacted[]): Promise<void> {
    const newestFirst = compacted
      .filter(({ state }) => state.current === null && state.wanted !== null)
      .toSorted((a, b) => b.index.createdMs - a.index.createdMs);
    for (const entry of newestFirst) {
      const known = this.#newest.get(entry.index.tenant);
      if (known !== undefined && known.createdMs >= entry.index.createdMs) {
        this.#replaced += 1;
        continue;
      }
      if (!this.#reader.isTarget(entry)) continue;
      this.#missing += 1;
      const version = await this.#firstWhole(entry, RESTORED);
      if (version === null) {
        this.#lost.push(entry);
        continue;
      }
      this.#restored.push({ entry, version });
      this.#note(entry);
    }
  }

  async #bringBackUploaded(entry: IndexEntry, isNeeded: (verdict: IndexVerdict) => boolean): Promise<void> {
    if (!this.#reader.isTarget(entry)) return;
    const found = await this.#firstWholeVerdict(entry, null);
    if (found === null) {
      // Nobody can say which tenants it names: it is replaced where all that are known were compacted since.
      if (this.#newest.size > 0 && [...this.#newest.keys()].every((tenant) => !this.#isOpen(tenant, entry))) {
        this.#replaced += 1;
        return;
      }
      this.#missing += 1;
      this.#lost.push(entry);
      return;
    }
    if (!isNeeded(found.verdict)) {
      this.#replaced += 1;
      return;
    }
    this.#missing += 1;
    await this.#reader.source(entry, found.version, RESTORED);
    this.#restored.push({ entry, version: found.version });
  }

  /** An older index of a tenant that has none left, and what was uploaded after it. */
  async #standIn(tenant: string, compacted: readonly Compacted[], uploaded: readonly IndexEntry[]): Promise<void> {
    if (this.#newest.has(tenant)) return;
    const isGone = ({ state }: IndexEntry) =>
      state.current === null && state.wanted === null && state.others.length > 0;
    const wasThere = (entry: IndexEntry) => [...this.#lost, ...this.#stays].includes(entry);
    const own = compacted.filter(({ index }) => index.tenant === tenant);
    if (!own.some(wasThere)) return;
    const candidates = own.filter(isGone).toSorted((a, b) => b.index.createdMs - a.index.createdMs);
    for (const entry of candidates) {
      const version = await this.#firstWhole(entry, RESTORED);
      if (version === null) continue;
      this.#restored.push({ entry, version });
      this.#note(entry);
      const younger = uploaded.filter(
        (each) => isGone(each) && each.index.createdMs + UPLOAD_DELAY_MS > entry.index.createdMs,
      );
      for (const each of younger) await this.#bringBackUploaded(each, ({ tenants }) => tenants.includes(tenant));
      return;
    }
  }

  /** Whether an uploaded file's word on a tenant is not part of a compacted file that was made after the source's state. */
  #isOpen(tenant: string, { index }: IndexEntry): boolean {
    if (!this.#reader.isTenantInScope(tenant)) return false;
    const known = this.#newest.get(tenant);
    return known === undefined || known.sinceMs <= index.createdMs;
  }

  #note(entry: IndexEntry): void {
    if (!isCompacted(entry)) return;
    const { tenant, createdMs } = entry.index;
    const known = this.#newest.get(tenant) ?? { createdMs: 0, sinceMs: 0 };
    const sinceMs = entry.state.wanted === null && entry.state.current !== null ? createdMs : 0;
    this.#newest.set(tenant, {
      createdMs: Math.max(known.createdMs, createdMs),
      sinceMs: Math.max(known.sinceMs, sinceMs),
    });
  }

  async #firstWhole(entry: IndexEntry, naming: Naming): Promise<SourceVersion | null> {
    return (await this.#firstWholeVerdict(entry, naming))?.version ?? null;
  }

  async #firstWholeVerdict(
    entry: IndexEntry,
    naming: Naming | null,
  ): Promise<{ readonly version: SourceVersion; readonly verdict: IndexVerdict } | null> {
    const { current } = entry.state;
    for (const version of triesOf(entry.state)) {
      // What stands there was read already.
      if (current !== null && version.versionId !== null && version.versionId === current.versionId) continue;
      const verdict = await this.#reader.source(entry, version, naming);
      if (verdict.isWhole) return { version, verdict };
    }
    return null;
  }
}

function isCompacted(entry: IndexEntry): entry is Compacted {
  return entry.index.kind === "compacted";
}

/** Tables in order, each with its files. */
export function byTable(entries: readonly IndexEntry[]): readonly (readonly [string, readonly IndexEntry[]])[] {
  const tables = Map.groupBy(entries, ({ index }) => index.table);
  return [...tables].toSorted(([a], [b]) => (tableDayMs(a) ?? 0) - (tableDayMs(b) ?? 0) || (a < b ? -1 : 1));
}
