import type { Selector } from "../../../../src-shared/logql/ast.ts";
import { labelsKey } from "../../../../src-shared/logql/metric/series.ts";
import type { LabelSet } from "../../../../src-shared/model/labels.ts";
import type { IndexStats } from "../../../../src-shared/model/log-query.ts";
import type { TimeRange } from "../../../../src-shared/model/nano-time.ts";
import type { ArchiveContents } from "../archive-contents.ts";
import { takesAny } from "./any-selector.ts";
import type { ArchiveScanner, ScanJob } from "./archive-scanner.ts";
import type { ReadAccount } from "./read-account.ts";
import { scanInOrder } from "./scan-in-order.ts";
import { planBlocks, type PlannedBlock } from "./scan-plan.ts";
import { blockRef, type SurveyAnswer } from "./scan-protocol.ts";

export interface SurveyOptions {
  readonly contents: ArchiveContents;
  readonly tenant: string;
  readonly pool: ArchiveScanner;
  readonly selectors: readonly Selector[];
  readonly range: TimeRange;
  readonly account: ReadAccount;
}

/** The streams of a range; of blocks whose streams are known, those of the block, as an index tells them. */
export async function surveyStreams(options: SurveyOptions, signal: AbortSignal): Promise<readonly LabelSet[]> {
  const takes = takesAny(options.selectors);
  const found = new Map<string, LabelSet>();
  const seen = new Set<LabelSet>();
  const note = (labels: LabelSet): void => {
    if (seen.has(labels)) return;
    seen.add(labels);
    if (takes(labels)) found.set(labelsKey(labels), labels);
  };
  const unknown: PlannedBlock[] = [];
  for (const item of blocksOf(options)) {
    if (item.block.streams === null) unknown.push(item);
    else item.block.streams.forEach(note);
  }
  for await (const answer of surveys(unknown, options, signal)) answer.streams.forEach(note);
  options.account.throwIfNothing();
  return [...found.entries()].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, labels]) => labels);
}

/** How much a range holds. Equal rows of several chunks count each time, as they do in Loki's own index. */
export async function surveyStats(options: SurveyOptions, signal: AbortSignal): Promise<IndexStats> {
  const takes = takesAny(options.selectors);
  const { startNs, endNs } = options.range;
  const streams = new Set<string>();
  let [chunks, bytes, entries] = [0, 0, 0];
  const partly: PlannedBlock[] = [];
  for (const item of blocksOf(options)) {
    const { block } = item;
    const isWhole = block.minNs >= startNs && block.maxNs < endNs && block.streams?.every(takes) === true;
    // A chunk's bytes are those on disk, packed.
    if (!isWhole || block.rows === null || block.place.kind === "chunk") {
      partly.push(item);
      continue;
    }
    for (const labels of block.streams ?? []) streams.add(labelsKey(labels));
    chunks += 1;
    bytes += block.bytes;
    entries += block.rows;
  }
  for await (const answer of surveys(partly, options, signal)) {
    for (const labels of answer.streams) streams.add(labelsKey(labels));
    chunks += answer.lines > 0 ? 1 : 0;
    bytes += answer.bytes;
    entries += answer.lines;
  }
  options.account.throwIfNothing();
  return { streams: streams.size, chunks, bytes, entries };
}

function blocksOf({ contents, tenant, selectors, range }: SurveyOptions): readonly PlannedBlock[] {
  return planBlocks({ contents, tenant, ...range, takes: takesAny(selectors), direction: "forward" });
}

async function* surveys(
  blocks: readonly PlannedBlock[],
  { pool, selectors, range, account }: SurveyOptions,
  signal: AbortSignal,
): AsyncGenerator<SurveyAnswer> {
  const job: ScanJob = { name: "survey" };
  const steps = scanInOrder({
    items: blocks,
    run: ({ block }, stop) =>
      pool.scan<"survey">(job, { kind: "survey", block: blockRef(block), selectors, ...range }, stop),
    sizeOf: () => 0,
    ahead: pool.threads + 2,
    maxBytesAhead: 1,
    signal,
  });
  for await (const { item, answer, error } of steps) {
    if (answer === null) {
      account.failed(item.block, error);
      continue;
    }
    account.answered(answer);
    yield answer;
  }
}
