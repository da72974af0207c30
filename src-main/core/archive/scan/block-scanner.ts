import { batchBuffers } from "../../../../src-shared/model/log-batch.ts";
import type { BlockPlace, BlockRows } from "../archive-block.ts";
import type { ChunkHead, TextBlockIndex } from "../archive-contents.ts";
import { queryBlockRows } from "./block-rows-query.ts";
import { sampleBlock } from "./block-samples.ts";
import { surveyBlock } from "./block-survey.ts";
import { type CheckedBlock, checkedBlock } from "./block-times.ts";
import type { BlockRef, SampleColumns, ScanAnswer, ScanRequest } from "./scan-protocol.ts";
import { StreamHashes } from "./stream-rank.ts";

/** What reads blocks of each kind. */
export interface BlockReaders {
  decode(place: BlockPlace): Promise<BlockRows>;
  indexText(place: Extract<BlockPlace, { readonly kind: "text" }>): Promise<TextBlockIndex>;
  chunkHead(place: Extract<BlockPlace, { readonly kind: "chunk" }>): Promise<ChunkHead>;
}

export interface ScanOutcome {
  readonly answer: ScanAnswer;
  /** The answer's buffers, which nobody else holds. */
  readonly transfer: readonly ArrayBuffer[];
}

/** What a scan thread does; one after the other. */
export class BlockScanner {
  readonly #readers: BlockReaders;
  readonly #hashes = new StreamHashes();

  constructor(readers: BlockReaders) {
    this.#readers = readers;
  }

  async #read(block: BlockRef): Promise<CheckedBlock> {
    return checkedBlock(await this.#readers.decode(block.place), block);
  }

  async run(request: ScanRequest): Promise<ScanOutcome> {
    switch (request.kind) {
      case "rows": {
        const { rows, block } = await this.#read(request.block);
        const answer = queryBlockRows(rows, { ...request, block }, this.#hashes);
        const { batch, hashes, identities } = answer;
        return {
          answer,
          transfer: owned([...(batch === null ? [] : batchBuffers(batch)), hashes.buffer, bufferOf(identities)]),
        };
      }
      case "samples": {
        const { rows, block } = await this.#read(request.block);
        const answer = sampleBlock(rows, { ...request, block }, this.#hashes);
        const { firstHashes, firstTimesNs, tallies, samples, loose } = answer;
        const columns = [samples, loose].flatMap((part) => (part === null ? [] : columnBuffers(part)));
        const steps = tallies === null ? [] : [tallies.counts.buffer, tallies.sums.buffer];
        return { answer, transfer: owned([firstHashes.buffer, firstTimesNs.buffer, ...columns, ...steps]) };
      }
      case "survey": {
        const { rows, block } = await this.#read(request.block);
        return { answer: surveyBlock(rows, { ...request, block }), transfer: [] };
      }
      case "index-text":
        return { answer: await this.#readers.indexText(request.place), transfer: [] };
      case "chunk-head":
        return { answer: await this.#readers.chunkHead(request.place), transfer: [] };
    }
  }
}

function columnBuffers({ hashes, ends, timestampsNs, values, labelRefs, identities }: SampleColumns): Maybe[] {
  return [hashes.buffer, ends.buffer, timestampsNs.buffer, values.buffer, labelRefs.buffer, bufferOf(identities)];
}

type Maybe = ArrayBufferLike | null;

function bufferOf(column: BigUint64Array | null): Maybe {
  return column === null ? null : column.buffer;
}

/** None of the columns is made over shared memory. */
function owned(buffers: readonly Maybe[]): ArrayBuffer[] {
  return [...new Set(buffers.filter((buffer) => buffer instanceof ArrayBuffer))];
}
