import { basename } from "node:path";
import { LRUCache } from "lru-cache";
import { AppError, hasCode } from "../../../../src-shared/errors/app-error.ts";
import type { BlockPlace, BlockRows, DecodeBlock } from "../archive-block.ts";
import { decodeArchiveGroup } from "./decode-archive-group.ts";
import { decodeForeignGroup } from "./decode-foreign-group.ts";
import { knownFile, type KnownFile } from "./open-parquet-file.ts";
import { readError } from "./parquet-damage.ts";

type ParquetPlace = Extract<BlockPlace, { readonly kind: "parquet" }>;

/** Footers with their streams; a scan goes through many files at once, ordered by time. */
const KEPT_FOOTERS = 64;

/**
 * Reads row groups; keeps the footers of the last files it read, so one serves a worker thread for its life. Blocks its
 * thread. `problems` of what it answers with may grow when `metadata` or `parsed` is asked for the first time, so they are
 * read last.
 */
export function createParquetBlockDecoder(): DecodeBlock<"parquet"> {
  const footers = new LRUCache<string, KnownFile>({ max: KEPT_FOOTERS });
  return async (place) => decode(place, footers);
}

function decode(place: ParquetPlace, footers: LRUCache<string, KnownFile>): BlockRows {
  const part = basename(place.file);
  const group = `${part}, row group ${place.rowGroup}`;
  try {
    const kept = footers.get(place.file);
    const known = kept ?? knownFile(place.file, part);
    footers.set(place.file, known);
    try {
      return decodeGroup(place, known, group);
    } catch (error) {
      if (kept === undefined || !hasCode(error, "archive.changed")) throw error;
    }
    // The file was written anew since its footer was kept.
    const fresh = knownFile(place.file, part);
    footers.set(place.file, fresh);
    return decodeGroup(place, fresh, group);
  } catch (error) {
    throw readError(group, error);
  }
}

function decodeGroup(place: ParquetPlace, { footer, facts }: KnownFile, part: string): BlockRows {
  if (place.foreign !== undefined) return decodeForeignGroup(footer, place.foreign, place.rowGroup, part);
  if (facts === null) throw new AppError("archive.changed", { part });
  return decodeArchiveGroup(footer, facts, place.rowGroup, part);
}
