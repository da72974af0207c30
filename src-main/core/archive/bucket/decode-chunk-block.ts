import { AppError } from "../../../../src-shared/errors/app-error.ts";
import { describeFinding } from "../../common/loki-format/chunk-finding.ts";
import { isForeign } from "../../common/loki-format/chunk-identity.ts";
import { decodeChunk } from "../../common/loki-format/decode-chunk.ts";
import type { BlockPlace, BlockRows } from "../archive-block.ts";
import { OBJECT_MAX_BYTES, readChunkFile } from "./chunk-file.ts";
import { chunkLosses } from "./chunk-problem.ts";
import { parseObjectName } from "./object-name.ts";

/**
 * Reads the entries of a chunk object, ascending in time. What could not be read is among the problems, with the entries that
 * it costs; what is wrong without costing any was told when the archive was opened. Throws `archive.damaged` where nothing
 * can be read, and where the object is another tenant's or stream's than its key says: Loki does not read it either, and its
 * lines are not this stream's. Also `archive.changed`, `files.unreadable`.
 */
export function decodeChunkBlock(place: Extract<BlockPlace, { readonly kind: "chunk" }>): BlockRows {
  const part = place.key;
  const decoded = decodeChunk(readChunkFile(place.file, part, OBJECT_MAX_BYTES), parseObjectName(part));
  const { rows, findings } = decoded;
  const metadata = decoded.outer?.metadata ?? null;
  if (rows === null || metadata === null || isForeign(findings)) {
    const problem = findings.map(describeFinding).join("; ").slice(0, 500);
    throw new AppError("archive.damaged", { part: part.slice(0, 500), problem });
  }
  return {
    rowCount: rows.rowCount,
    timestampsNs: rows.timestampsNs,
    streams: [metadata.labels],
    streamRefs: new Uint32Array(rows.rowCount),
    bytes: rows.bytes,
    lineStarts: rows.lineStarts,
    lineEnds: rows.lineEnds,
    metadata: rows.metadata,
    parsed: null,
    problems: chunkLosses(part, findings),
  };
}
