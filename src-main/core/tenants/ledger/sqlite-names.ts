import type { DatabaseSync } from "node:sqlite";
import { LRUCache } from "lru-cache";
import { hourAt, keyOf } from "./ledger-keys.ts";
import { numberIn } from "./report-row.ts";

const MAX_NAMES = 50_000;
const MAX_TEXTS = 20_000;

/**
 * The numbers under which a file keeps texts. Remembers those it used lately; after a transaction that was undone it has to
 * `forget`, since what was numbered in it is not there.
 */
export class SqliteNames {
  readonly #database: DatabaseSync;
  readonly #names = new LRUCache<string, { readonly id: number; lastDay: number }>({ max: MAX_NAMES });
  readonly #texts = new LRUCache<string, number>({ max: MAX_TEXTS });

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  forget(): void {
    this.#names.clear();
    this.#texts.clear();
  }

  /** Of a tenant, user, source, shape or site, which is kept until nothing of a later day than `day` is. */
  name(text: string, day: number): number {
    const known = this.#names.get(text);
    if (known !== undefined && known.lastDay >= day) return known.id;
    // One statement for a new name, a known one, and one that another process has purged meanwhile.
    const row = this.#database
      .prepare(
        `INSERT INTO names (key, text, last_day) VALUES (?, ?, ?)
         ON CONFLICT (key) DO UPDATE SET last_day = max(last_day, excluded.last_day) RETURNING id, last_day`,
      )
      .get(keyOf(text), text, day);
    const entry = { id: numberIn(row?.["id"]), lastDay: numberIn(row?.["last_day"]) };
    this.#names.set(text, entry);
    return entry.id;
  }

  /** Of a query or of tags: once an hour. */
  text(text: string, atMs: number): number {
    const hour = hourAt(atMs);
    const cacheKey = `${hour} ${text}`;
    const known = this.#texts.get(cacheKey);
    if (known !== undefined) return known;
    const key = keyOf(text);
    const found = this.#database.prepare("SELECT id FROM texts WHERE hour = ? AND key = ?").get(hour, key);
    const id =
      found === undefined
        ? Number(
            this.#database.prepare("INSERT INTO texts (hour, key, text) VALUES (?, ?, ?)").run(hour, key, text)
              .lastInsertRowid,
          )
        : numberIn(found["id"]);
    this.#texts.set(cacheKey, id);
    return id;
  }
}
