import type { ArchiveOpener } from "../archive-contents.ts";

/**
 * Opens Parquet of others: a file, or a folder of files (Hive partitions become labels).
 * @throws `archive.columns-missing` where no column is a time, or none a line
 */
export const openForeignParquet: ArchiveOpener = async (paths) => {
  throw new Error(`in the making: ${paths.length}`);
};
