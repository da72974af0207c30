import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { openSqliteDatabase } from "../../common/sqlite-database.ts";
import type { CardinalityDay } from "./cardinality-desk.ts";
import { keptLabels, type CardinalityHistory, type HistoryOf } from "./cardinality-history.ts";

const MIGRATIONS = [
  `CREATE TABLE cardinality_day (
    site TEXT NOT NULL,
    tenant TEXT NOT NULL,
    day TEXT NOT NULL,
    series INTEGER NOT NULL,
    labels TEXT NOT NULL,
    PRIMARY KEY (site, tenant, day)
  ) WITHOUT ROWID;`,
];

const rowSchema = z.object({
  day: z.string(),
  series: z.number(),
  labels: z
    .string()
    .transform((text) => JSON.parse(text) as unknown)
    .pipe(z.record(z.string(), z.number())),
});

/** The history in a file of the profile's own. */
export class SqliteCardinalityHistory implements CardinalityHistory {
  readonly #database: DatabaseSync;

  /** @throws AppError `files.unreadable` */
  constructor(file: string) {
    this.#database = openSqliteDatabase(file, MIGRATIONS);
  }

  async record({ site, tenant }: HistoryOf, { day, series, labels }: CardinalityDay): Promise<void> {
    this.#database
      .prepare(
        `INSERT INTO cardinality_day (site, tenant, day, series, labels) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (site, tenant, day) DO UPDATE SET series = excluded.series, labels = excluded.labels`,
      )
      .run(site, tenant, day, series, JSON.stringify(keptLabels(labels)));
  }

  async days({ site, tenant }: HistoryOf, most: number): Promise<readonly CardinalityDay[]> {
    const rows = this.#database
      .prepare(
        "SELECT day, series, labels FROM cardinality_day WHERE site = ? AND tenant = ? ORDER BY day DESC LIMIT ?",
      )
      .all(site, tenant, most);
    return rows.map((row) => rowSchema.parse(row)).toReversed();
  }

  async purge(beforeDay: string): Promise<number> {
    return Number(this.#database.prepare("DELETE FROM cardinality_day WHERE day < ?").run(beforeDay).changes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#database.close();
  }
}
