/**
 * Copies a folder archive into one Parquet file that carries the manifest in its footer and the tenant as a column, row
 * group by row group. The file appears under its name when it is whole.
 * @throws `archive.damaged`, `archive.truncated`, `files.disk-full`, `files.unwritable`
 */
export async function packArchive(directory: string, file: string, signal: AbortSignal): Promise<void> {
  throw new Error(`in the making: ${directory} ${file} ${signal.aborted}`);
}
