import { isAppError } from "../../../src-shared/errors/app-error.ts";
import type { LabelSet } from "../../../src-shared/model/labels.ts";
import { NS_PER_SECOND } from "../../../src-shared/model/nano-time.ts";
import { tenantIdSchema } from "../../../src-shared/model/tenant-id.ts";
import type { Logger } from "../common/logger.ts";
import type { ArchiveContents } from "./archive-contents.ts";
import type { MakeArchiveSource } from "./open-archive.ts";

/**
 * Streams of the tenants of which no block says any, from the first second of their rows: enough to say by which label they
 * can be selected, without reading everything. A tenant whose rows cannot be read is left out.
 */
export async function sampleStreams(
  contents: ArchiveContents,
  makeSource: MakeArchiveSource,
  logger: Logger,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly LabelSet[]>> {
  const samples = new Map<string, readonly LabelSet[]>();
  for (const tenant of contents.tenants) {
    const blocks = contents.blocks.filter((block) => block.tenant === tenant);
    const [first] = blocks.toSorted((a, b) => (a.minNs < b.minNs ? -1 : 1));
    if (first === undefined || blocks.some(({ streams }) => streams !== null && streams.length > 0)) continue;
    await using source = makeSource(contents, tenantIdSchema.parse(tenant));
    try {
      const range = { startNs: first.minNs, endNs: first.minNs + NS_PER_SECOND };
      samples.set(tenant, await source.series([], range, signal));
    } catch (error) {
      if (!isAppError(error) || signal.aborted) throw error;
      logger.info("the first rows of a tenant could not be looked at", { code: error.code });
    }
  }
  return samples;
}
