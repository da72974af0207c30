import { basename } from "node:path";
import PQueue from "p-queue";
import { AppError, isAppError } from "../../../../src-shared/errors/app-error.ts";
import { formatLabelSet, type LabelSet } from "../../../../src-shared/model/labels.ts";
import type { ArchiveBlock } from "../archive-block.ts";
import type { ArchiveOpener, ChunkHead, OpenParts, ReadableChunk } from "../archive-contents.ts";
import { BucketProblems } from "./bucket-problems.ts";
import { beginsAsChunk } from "./chunk-sniff.ts";
import { listBucketFiles, type BucketFiles } from "./list-bucket-files.ts";

/** Heads asked for at once: enough that no thread waits, few enough that a cancelled opening ends soon. */
const HEADS_IN_FLIGHT = 64;
/** Files of a folder without any chunk's name that are looked into before it is said to be none of ours. */
const SNIFFED_FILES = 32;

type ChunkFile = BucketFiles["chunks"][number];

/** Chunks whose copies were renamed: told by their first bytes, checked without a key. */
async function chunksByContent({ others }: BucketFiles): Promise<readonly ChunkFile[]> {
  for (const { file } of others.slice(0, SNIFFED_FILES)) {
    if (!(await beginsAsChunk(file))) continue;
    const found = await Promise.all(others.map(({ file: each }) => beginsAsChunk(each)));
    return others.filter((_, at) => found[at]);
  }
  return [];
}

async function readHeads(files: readonly ChunkFile[], parts: OpenParts): Promise<readonly ChunkHead[]> {
  const queue = new PQueue({ concurrency: HEADS_IN_FLIGHT });
  const heads: ChunkHead[] = [];
  let done = 0;
  const tasks = files.map((file, at) => async () => {
    parts.signal.throwIfAborted();
    heads[at] = await parts.inspector.chunkHead({ kind: "chunk", ...file }, parts.signal).catch(asUnreadable(file));
    done++;
    if (done % 64 === 0) parts.onProgress?.(done / files.length);
  });
  try {
    await queue.addAll(tasks);
  } finally {
    queue.clear();
  }
  return heads;
}

/** One file that cannot be read does not keep the others from being opened. A bug or a cancelled opening does. */
function asUnreadable({ key }: ChunkFile): (error: unknown) => ChunkHead {
  return (error) => {
    if (!isAppError(error) || !["files.unreadable", "archive.changed"].includes(error.code)) throw error;
    return { readable: false, problems: [{ part: key, error: error.toWire(), count: 1 }] };
  };
}

/** Streams have thousands of chunks: each stream's labels are one object. */
function sharedStreams(): (head: ReadableChunk) => readonly LabelSet[] {
  const known = new Map<string, readonly LabelSet[]>();
  return ({ labels }) => {
    const text = formatLabelSet(labels);
    const before = known.get(text);
    if (before !== undefined) return before;
    const streams = [labels];
    known.set(text, streams);
    return streams;
  };
}

/**
 * Opens a folder that is a copy of a Loki bucket, or of any part of one down to a single chunk object. Chunks are read as they
 * are; index, rules and the like are left alone, files that are nothing of Loki's are noted. Damaged objects are problems with
 * the entries they cost, all others are read. Answers `null` where there is no chunk. Rejects with `archive.damaged` where
 * no chunk at all can be read, with `files.unreadable`, or with the signal's reason.
 */
export const openBucketFolder: ArchiveOpener = async (paths, _assumptions, parts) => {
  const files = await listBucketFiles(paths, parts.signal);
  const renamed = files.chunks.length === 0 ? await chunksByContent(files) : [];
  const chunkFiles = files.chunks.length === 0 ? renamed : files.chunks;
  if (chunkFiles.length === 0) return null;
  const heads = await readHeads(chunkFiles, parts);
  const problems = new BucketProblems();
  const streamsOf = sharedStreams();
  const blocks: ArchiveBlock[] = [];
  const formats = new Set<string>();
  for (const [at, head] of heads.entries()) {
    const file = chunkFiles[at];
    if (file === undefined) continue;
    if (!head.readable) {
      problems.addUnreadable(head.problems);
      continue;
    }
    problems.addReadable(head.problems);
    formats.add(head.format);
    blocks.push({
      place: { kind: "chunk", ...file },
      tenant: head.tenant,
      minNs: head.minNs,
      maxNs: head.maxNs,
      rows: head.rows,
      bytes: head.bytes,
      streams: streamsOf(head),
      sorted: true,
    });
  }
  const taken = new Set(renamed);
  const unplaced = files.others.filter((other) => !taken.has(other)).map(({ key }) => key);
  problems.addUnplaced(unplaced, files.otherCount - taken.size);
  const [problem] = problems.list;
  if (blocks.length === 0 && problem !== undefined) {
    const text = String(problem.error.params["problem"] ?? problem.error.code);
    throw new AppError("archive.damaged", { part: problem.part, problem: text });
  }
  return {
    kind: "opened",
    contents: {
      kind: "bucket",
      title: basename(paths[0] ?? ""),
      blocks,
      tenants: [...new Set(blocks.map(({ tenant }) => tenant))].sort(),
      formats: [...formats].sort(),
      problems: problems.list,
      completeness: problems.completeness,
      provenance: null,
      assumptions: {},
      dropsDuplicates: true,
    },
  };
};
