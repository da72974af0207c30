import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";

/** DuckDB as anybody has it, kept from fetching anything. Rows come as JSON: 64-bit numbers as text. */
export async function duckDb(): Promise<{
  readonly rows: (sql: string) => Promise<Record<string, unknown>[]>;
  readonly run: (sql: string) => Promise<void>;
  [Symbol.dispose](): void;
}> {
  const instance = await DuckDBInstance.create(":memory:", {
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    threads: "2",
  });
  const connection: DuckDBConnection = await instance.connect();
  return {
    rows: async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson(),
    run: async (sql) => {
      await connection.run(sql);
    },
    [Symbol.dispose]: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
