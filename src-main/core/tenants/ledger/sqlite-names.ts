import type { DatabaseSync, StatementSync } from "node:sqlite";
import { hourAt, keyOf } from "./ledger-keys.ts";
import { numberIn } from "./report-row.ts";

/** Remembered at most; then all are forgotten, and looked up again. */
const MAX_NAMES = 100_000;
const MAX_TEXTS = 20_000;

/**
 * The numbers under which a file keeps texts. Remembers those it used lately; after a transaction that was undone it has to
 * `forget`, since what was numbered in it is not there.
 */
export class SqliteNames {
  readonly #names = new Map<string, { readonly id: number; readonly lastDay: number }>();
  readonly #texts = new Map<string, number>();
  readonly #addName: StatementSync;
  readonly #findText: StatementSync;
  readonly #addText: StatementSync;
  #hour = 0;

  constructor(database: DatabaseSync) {
    // One statement for a new name, a known one, and one that another process has purged meanwhile.
    this.#addName = database.prepare(
      `INSERT INTO names (key, text, last_day) VALUES (?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET last_day = max(last_day, excluded.last_day) RETURNING id, last_day`,
    );
    this.#findText = database.prepare("SELECT id FROM texts WHERE hour = ? AND key = ?");
    this.#addText = database.prepare("INSERT INTO texts (hour, key, text) VALUES (?, ?, ?)");
  }

  forget(): void {
    this.#names.clear();
    this.#texts.clear();
  }

  /** Of a tenant, user, source, shape or site, which is kept until nothing of a later day than `day` is. */
  name(text: string, day: number): number {
    const known = this.#names.get(text);
    if (known !== undefined && known.lastDay >= day) return known.id;
    const row = this.#addName.get(keyOf(text), text, day);
    const entry = { id: numberIn(row?.["id"]), lastDay: numberIn(row?.["last_day"]) };
    if (this.#names.size >= MAX_NAMES) this.#names.clear();
    this.#names.set(text, entry);
    return entry.id;
  }

  /** Of a query or of tags: once an hour. */
  text(text: string, atMs: number): number {
    const hour = hourAt(atMs);
    if (hour !== this.#hour || this.#texts.size >= MAX_TEXTS) this.#texts.clear();
    this.#hour = hour;
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const key = keyOf(text);
    const found = this.#findText.get(hour, key);
    const id = found === undefined ? Number(this.#addText.run(hour, key, text).lastInsertRowid) : numberIn(found["id"]);
    this.#texts.set(text, id);
    return id;
  }
}
