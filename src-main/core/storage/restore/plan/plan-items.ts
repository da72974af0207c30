import type { DatabaseSync, StatementSync } from "node:sqlite";
import { z } from "zod";
import { restoreItemSchema, type RestoreItem } from "../../../../../src-shared/model/storage/restore.ts";

/** `position` counts from 0 without gaps: items are read from the middle on. */
export const ITEM_MIGRATIONS = [
  `CREATE TABLE items (
    position INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    tenant TEXT,
    fromMs REAL,
    throughMs REAL,
    action TEXT NOT NULL,
    sizeBytes REAL NOT NULL,
    sourceVersionId TEXT,
    sourceEtag TEXT NOT NULL,
    sourceModifiedMs REAL NOT NULL,
    replacesEtag TEXT
  ) STRICT`,
] as const;

/** Rows of one read: a page of memory, whatever the plan's size. */
const PAGE = 1_000;

const rowSchema = restoreItemSchema.extend({ position: z.number() });

/** Appends items to a plan's database, in the order in which they are written later. */
export class ItemWriter {
  readonly #insert: StatementSync;
  #count = 0;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare("INSERT INTO items VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  }

  get count(): number {
    return this.#count;
  }

  add(item: RestoreItem): void {
    this.#insert.run(
      this.#count,
      item.key,
      item.kind,
      item.tenant,
      item.fromMs,
      item.throughMs,
      item.action,
      item.sizeBytes,
      item.sourceVersionId,
      item.sourceEtag,
      item.sourceModifiedMs,
      item.replacesEtag,
    );
    this.#count += 1;
  }
}

/** Items from `from` on. Throws a `ZodError` for rows that this program did not write. */
export function* readItems(database: DatabaseSync, from: number): Generator<RestoreItem> {
  const select = database.prepare("SELECT * FROM items WHERE position >= ? ORDER BY position LIMIT ?");
  for (let next = from; ;) {
    const rows = select.all(next, PAGE).map((row) => rowSchema.parse(row));
    for (const { position, ...item } of rows) {
      next = position + 1;
      yield item;
    }
    if (rows.length < PAGE) return;
  }
}
