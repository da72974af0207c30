import { sql, type RawBuilder } from "kysely";

type ColumnType = "int" | "smallint" | "bigint" | "float8" | "text" | "bytea";

/** Rows as one array parameter a column: a list of parameters has an end, and an empty one is no SQL. */
export function columns(
  given: readonly (readonly [ColumnType, readonly (number | string | Buffer)[]])[],
): RawBuilder<unknown> {
  return sql`unnest(${sql.join(given.map(([type, values]) => sql`${values}::${sql.raw(type)}[]`))})`;
}

/** PostgreSQL's text has no NUL. */
export function clean(text: string): string {
  return text.replaceAll("\0", "\ufffd");
}
