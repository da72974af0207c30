import { closeSync, fstatSync, openSync } from "node:fs";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import { archiveFileFacts, type ArchiveFileFacts } from "./archive-file-facts.ts";
import { readByteColumn, type BadPlaces, type ByteColumn } from "./byte-column.ts";
import { mapColumn, type MapColumn } from "./map-column.ts";
import { readIndexColumn, readNumberColumn, type NumberColumn } from "./number-column.ts";
import { openPage, readColumnPages, type ColumnPages, type PackedPage } from "./page-scan.ts";
import { ParquetDamage } from "./parquet-damage.ts";
import { readFooter, type ParquetFooter } from "./parquet-footer.ts";

/** Values of a column that are looked at to see what it holds. */
const SAMPLED_VALUES = 20_000;

/** A file whose footer is known. */
export interface KnownFile {
  readonly footer: ParquetFooter;
  /** `null` for files of others. */
  readonly facts: ArchiveFileFacts | null;
}

/** @throws `archive.truncated`, `archive.damaged`, `files.unreadable`, `archive.not-recognised` */
export function knownFile(file: string, part: string): KnownFile {
  const footer = readFooter(file, part);
  if (footer === null) throw new AppError("archive.not-recognised", { file: part });
  return { footer, facts: archiveFileFacts(footer) };
}

/** Columns of one row group of an open file. Not kept open: a file that is open cannot be replaced on Windows. */
export class RowGroupColumns implements Disposable {
  readonly #handle: number;
  readonly #footer: ParquetFooter;
  readonly #rowGroup: number;

  /** @throws `archive.changed` where the file is not the one whose footer was read */
  constructor(footer: ParquetFooter, rowGroup: number, part: string) {
    this.#handle = openSync(footer.file, "r");
    this.#footer = footer;
    this.#rowGroup = rowGroup;
    const { size, mtimeMs } = fstatSync(this.#handle);
    if (size !== footer.sizeBytes || mtimeMs !== footer.modifiedMs || rowGroup >= footer.rowGroups.length) {
      closeSync(this.#handle);
      throw new AppError("archive.changed", { part });
    }
  }

  texts(column: number, onBad?: (bad: BadPlaces) => void): ByteColumn {
    return readByteColumn(this.#pages(column), onBad);
  }

  numbers(column: number): NumberColumn {
    return readNumberColumn(this.#pages(column));
  }

  indexes(column: number): Uint32Array {
    return readIndexColumn(this.#pages(column));
  }

  map(keys: number, values: number): MapColumn {
    const rows = Number(this.#footer.rowGroups[this.#rowGroup]?.num_rows ?? 0n);
    return mapColumn(rows, this.texts(keys), this.texts(values));
  }

  /** How many distinct values a column of texts has, among how many: by its dictionary, else by its first values. */
  sample(column: number): { readonly distinct: number; readonly values: number } {
    const pages = this.#pages(column);
    const [dictionary, ...data] = pages.pages;
    const inDictionary = data.every(({ encoding }) => encoding.endsWith("_DICTIONARY"));
    if (dictionary?.kind === "dictionary" && inDictionary) return { distinct: dictionary.values, values: pages.rows };
    const first: PackedPage[] = [];
    let values = 0;
    for (const page of pages.pages) {
      if (values >= SAMPLED_VALUES) break;
      first.push(page);
      if (page.kind !== "dictionary") values += page.values;
    }
    const { bytes, starts, ends } = readByteColumn({ ...pages, pages: first });
    const texts = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const distinct = new Set<string>();
    for (const [value, start] of starts.entries()) distinct.add(texts.toString("latin1", start, ends[value]));
    return { distinct: distinct.size, values: starts.length };
  }

  /** Unpacks every page of a column and looks at nothing but its checksum and sizes. */
  check(column: number): void {
    const { leaf, pages } = this.#pages(column);
    for (const page of pages) openPage(page, leaf);
  }

  /** The position of a column by its path. */
  find(...path: readonly string[]): number {
    const wanted = path.join("\n");
    const leaf = this.#footer.leaves.find((candidate) => candidate.path.join("\n") === wanted);
    if (leaf === undefined) throw new ParquetDamage(`there is no column ${path.join(".")}`);
    return leaf.index;
  }

  [Symbol.dispose](): void {
    closeSync(this.#handle);
  }

  #pages(column: number): ColumnPages {
    const leaf = this.#footer.leaves[column];
    if (leaf === undefined) throw new ParquetDamage(`there is no column ${column}`);
    return readColumnPages(this.#handle, this.#footer, this.#rowGroup, leaf);
  }
}
