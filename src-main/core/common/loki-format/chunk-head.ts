import { checkBlockTimes, checkLabelsHash, compareWithKey } from "./chunk-identity.ts";
import type { ChunkFinding } from "./chunk-finding.ts";
import type { KnownKey } from "./chunk-key.ts";
import { readLayout, type ChunkLayout } from "./chunk-layout.ts";
import { readOuter, type ChunkOuter } from "./chunk-outer.ts";
import type { ObjectBytes } from "./object-bytes.ts";

/** What an object says of itself, without its entries. */
export interface ChunkHeadReading {
  /** `null` where the bytes are no chunk at all. */
  readonly outer: ChunkOuter | null;
  /** `null` where there is no way to the blocks. */
  readonly layout: ChunkLayout | null;
  readonly findings: readonly ChunkFinding[];
}

/**
 * Reads both ends of a chunk object and checks what they say: lengths, metadata, the key (where there is one), labels against
 * fingerprint, header, table of blocks, bounds. Reads no block. Never throws.
 */
export function readChunkHead(source: ObjectBytes, key: KnownKey | null): ChunkHeadReading {
  const outer = readOuter(source);
  if (outer.part === null) return { outer: null, layout: null, findings: outer.findings };
  const { metadata, dataStart, dataBytes, promisedDataBytes } = outer.part;
  const findings = [...outer.findings];
  if (metadata !== null) {
    if (key !== null) findings.push(...compareWithKey(metadata, key));
    findings.push(...checkLabelsHash(metadata));
  }
  const ofLoki = !findings.some(({ kind }) => kind === "encoding-unknown");
  // The way to the blocks begins at the chunk's end, which a cut object has not got.
  if (promisedDataBytes > dataBytes || !ofLoki) return { outer: outer.part, layout: null, findings };
  const layout = readLayout(source, dataStart, dataBytes);
  findings.push(...layout.findings);
  if (layout.part !== null && metadata !== null) {
    findings.push(...checkBlockTimes(metadata, layout.part.blocks, dataStart));
  }
  return { outer: outer.part, layout: layout.part, findings };
}
