import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import { formatChunkKey, parseChunkKey, type ChunkKey } from "../../common/loki-format/chunk-key.ts";
import type { ObjectInfo } from "../object-store.ts";
import type { ChunkDamage } from "./check-chunk.ts";

/** A chunk that an index names and that is not there. */
export interface DanglingReference extends ChunkKey {
  readonly key: string;
  readonly labels: LabelSet;
  readonly kibibytes: number;
  readonly entries: number;
  /** Whether the compactor's own file names it, and not only what ingesters have uploaded again. */
  readonly compacted: boolean;
  /** The first file that names it. */
  readonly index: string;
}

/** What the index says of a chunk that is there. */
export interface ReferencedChunk {
  readonly labels: LabelSet;
  readonly entries: number;
}

/** A chunk that is not as its key says, before the index has said what it should be. */
export interface DamagedChunk {
  readonly key: string;
  readonly chunk: ChunkKey;
  readonly sizeBytes: number;
  readonly damage: ChunkDamage;
}

/** `code` of the error, or `too-large`. */
export interface UnreadableObject {
  readonly object: Pick<ObjectInfo, "key" | "sizeBytes">;
  readonly code: string;
}

/** Of more there is a count: so many fill some gigabytes of a disk. */
const MAX_DANGLING = 5_000_000;

const PAGE = 1_000;

const SCHEMA = `
  PRAGMA journal_mode = OFF;
  PRAGMA synchronous = OFF;
  PRAGMA cache_size = -16384;
  CREATE TABLE dangling (
    key TEXT PRIMARY KEY, series INTEGER NOT NULL, kibibytes INTEGER NOT NULL, entries INTEGER NOT NULL,
    compacted INTEGER NOT NULL, file INTEGER NOT NULL, odd TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE series (number INTEGER PRIMARY KEY, labels TEXT NOT NULL) STRICT;
  CREATE TABLE files (number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE damaged (key TEXT PRIMARY KEY, bytes REAL NOT NULL, damage TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE described (key TEXT PRIMARY KEY, labels TEXT NOT NULL, entries INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE others (key TEXT PRIMARY KEY, bytes REAL NOT NULL, garbage INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE unreadable (key TEXT PRIMARY KEY, bytes REAL NOT NULL, code TEXT NOT NULL) STRICT, WITHOUT ROWID;
  BEGIN;`;

/**
 * What a scan has to remember until index and objects can be compared, on disk: there may be millions of each. The file is
 * SQLite's own temporary one, which is gone however the process ends.
 */
export class ScanSpill implements Disposable {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #danglingCount = 0;
  /** References that were not kept for their number. */
  danglingLeftOut = 0;

  constructor() {
    this.#database = new DatabaseSync("");
    this.#database.exec(SCHEMA);
  }

  /** Remembers labels that references can be given with. */
  addSeries(labels: LabelSet): number {
    return Number(this.#run("INSERT INTO series (labels) VALUES (?)", JSON.stringify(labels)).lastInsertRowid);
  }

  /** A reference that is known already is the compactor's where one of the two is. */
  addDangling(
    chunk: ChunkKey,
    series: number,
    reference: Pick<DanglingReference, "kibibytes" | "entries" | "compacted" | "index">,
  ): void {
    const key = formatChunkKey(chunk);
    if (this.#danglingCount >= MAX_DANGLING) {
      this.danglingLeftOut += 1;
      return;
    }
    const { kibibytes, entries, compacted, index } = reference;
    const before = this.#get("SELECT compacted FROM dangling WHERE key = ?", key);
    if (before !== undefined) {
      if (compacted && before["compacted"] === 0) this.#run("UPDATE dangling SET compacted = 1 WHERE key = ?", key);
      return;
    }
    this.#run("INSERT OR IGNORE INTO files (key) VALUES (?)", index);
    this.#run(
      "INSERT INTO dangling VALUES (?, ?, ?, ?, ?, (SELECT number FROM files WHERE key = ?), ?)",
      key,
      series,
      kibibytes,
      entries,
      compacted ? 1 : 0,
      index,
      // Whoever writes an index can name what no key can say.
      parseChunkKey(key) === null ? JSON.stringify({ ...chunk, fingerprint: String(chunk.fingerprint) }) : null,
    );
    this.#danglingCount += 1;
  }

  /** In the order of their keys; what is removed meanwhile does not disturb it. */
  *dangling(): Generator<DanglingReference> {
    let after = "";
    for (;;) {
      const rows = this.#statement(
        `SELECT dangling.key AS key, odd, labels, kibibytes, entries, compacted, files.key AS file FROM dangling
         JOIN series ON series.number = dangling.series JOIN files ON files.number = dangling.file
         WHERE dangling.key > ? ORDER BY dangling.key LIMIT ${PAGE}`,
      ).all(after);
      for (const row of rows) {
        const key = String(row["key"]);
        yield {
          ...(parseChunkKey(key)?.key ?? oddChunk(row["odd"])),
          key,
          labels: labelsOf(row["labels"]),
          kibibytes: Number(row["kibibytes"]),
          entries: Number(row["entries"]),
          compacted: row["compacted"] === 1,
          index: String(row["file"]),
        };
        after = key;
      }
      if (rows.length < PAGE) return;
    }
  }

  /** It is there after all. */
  forgetDangling(key: string): void {
    this.#run("DELETE FROM dangling WHERE key = ?", key);
  }

  addDamaged({ key, sizeBytes, damage }: Omit<DamagedChunk, "chunk">): void {
    this.#run("INSERT OR REPLACE INTO damaged VALUES (?, ?, ?)", key, sizeBytes, JSON.stringify(damage));
  }

  *damaged(): Generator<DamagedChunk> {
    for (const row of this.#database.prepare("SELECT * FROM damaged ORDER BY key").iterate()) {
      const key = String(row["key"]);
      const chunk = parseChunkKey(key)?.key;
      if (chunk === undefined) continue;
      // This class wrote it.
      const damage = JSON.parse(String(row["damage"])) as ChunkDamage;
      yield { key, chunk, sizeBytes: Number(row["bytes"]), damage };
    }
  }

  describe(key: string, { labels, entries }: ReferencedChunk): void {
    this.#run("INSERT OR IGNORE INTO described VALUES (?, ?, ?)", key, JSON.stringify(labels), entries);
  }

  described(key: string): ReferencedChunk | null {
    const row = this.#get("SELECT * FROM described WHERE key = ?", key);
    return row === undefined ? null : { labels: labelsOf(row["labels"]), entries: Number(row["entries"]) };
  }

  /** An object that is neither a chunk nor an index; `false` where it is known already. */
  addOther({ key, sizeBytes }: Pick<ObjectInfo, "key" | "sizeBytes">, garbage: boolean): boolean {
    return this.#run("INSERT OR IGNORE INTO others VALUES (?, ?, ?)", key, sizeBytes, garbage ? 1 : 0).changes === 1;
  }

  *garbage(): Generator<Pick<ObjectInfo, "key" | "sizeBytes">> {
    const rows = this.#database.prepare("SELECT key, bytes FROM others WHERE garbage = 1 ORDER BY key").iterate();
    for (const row of rows) yield { key: String(row["key"]), sizeBytes: Number(row["bytes"]) };
  }

  addUnreadable({ object, code }: UnreadableObject): void {
    this.#run("INSERT OR REPLACE INTO unreadable VALUES (?, ?, ?)", object.key, object.sizeBytes, code);
  }

  *unreadable(): Generator<UnreadableObject> {
    for (const row of this.#database.prepare("SELECT * FROM unreadable ORDER BY key").iterate()) {
      yield { object: { key: String(row["key"]), sizeBytes: Number(row["bytes"]) }, code: String(row["code"]) };
    }
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  #run(sql: string, ...values: readonly (string | number | null)[]) {
    return this.#statement(sql).run(...values);
  }

  #get(sql: string, ...values: readonly (string | number)[]) {
    return this.#statement(sql).get(...values);
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

function oddChunk(text: unknown): ChunkKey {
  // This class wrote it.
  const chunk = JSON.parse(String(text)) as Omit<ChunkKey, "fingerprint"> & { readonly fingerprint: string };
  return { ...chunk, fingerprint: BigInt(chunk.fingerprint) };
}

function labelsOf(text: unknown): LabelSet {
  // This class wrote it.
  return JSON.parse(String(text)) as LabelSet;
}
