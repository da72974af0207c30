import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { RestoreItem } from "../../../../src-shared/model/storage/restore.ts";
import { openSqliteDatabase } from "../../common/sqlite-database.ts";
import type { PlannedRestore } from "../restore/planned-restore.ts";

const FILE = "cleared.db";

/** Keys that a drill removed from its scratch bucket before it began; lies beside the plan, which a restart finds again. */
export class ClearedKeys implements Disposable {
  readonly #database: DatabaseSync;

  constructor(directory: string) {
    this.#database = openSqliteDatabase(join(directory, FILE), ["CREATE TABLE cleared (key TEXT PRIMARY KEY) STRICT"]);
  }

  add(key: string): void {
    this.#database.prepare("INSERT OR IGNORE INTO cleared (key) VALUES (?)").run(key);
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

/** The plan as it is after its scratch bucket was cleared: what stood there is not there, and is added anew. */
export function afterClearing(planned: PlannedRestore): PlannedRestore {
  const file = join(planned.directory, FILE);
  if (!existsSync(file)) return planned;
  return { ...planned, items: (from, signal) => itemsAfter(planned, file, from, signal) };
}

async function* itemsAfter(
  planned: PlannedRestore,
  file: string,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<RestoreItem> {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
  try {
    const cleared = database.prepare("SELECT 1 FROM cleared WHERE key = ?");
    for await (const item of planned.items(from, signal)) {
      yield cleared.get(item.key) === undefined ? item : { ...item, action: "add", replacesEtag: null };
    }
  } finally {
    database.close();
  }
}
