import { sql, type RawBuilder } from "kysely";

type ColumnType = "int" | "smallint" | "bigint" | "float8" | "text" | "bytea";

/**
 * Rows as one JSON parameter: a list of parameters has an end, an empty one is no SQL, and the driver escapes arrays element
 * by element, which costs more than all else. A table expression without an alias; its columns are `c0`, `c1`, ….
 */
export function columns(
  given: readonly (readonly [ColumnType, readonly (number | string | Buffer)[]])[],
): RawBuilder<unknown> {
  const count = given[0]?.[1].length ?? 0;
  const rows = Array.from({ length: count }, (_, row) =>
    Object.fromEntries(given.map(([, values], column) => [`c${column}`, jsonValue(values[row])])),
  );
  const selected = given.map(([type], column) => (type === "bytea" ? `decode(c${column}, 'hex')` : `c${column}`));
  const types = given.map(([type], column) => `c${column} ${type === "bytea" ? "text" : type}`);
  return sql`(SELECT ${sql.raw(selected.join(", "))}
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS given (${sql.raw(types.join(", "))}))`;
}

function jsonValue(value: number | string | Buffer | undefined): number | string | undefined {
  return Buffer.isBuffer(value) ? value.toString("hex") : value;
}

/** PostgreSQL's text has neither NUL nor half a pair of surrogates. */
export function clean(text: string): string {
  return text.replaceAll("\0", "\ufffd").toWellFormed();
}
