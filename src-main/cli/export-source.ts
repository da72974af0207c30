import type { TimeRange } from "../../src-shared/model/nano-time.ts";
import type { ConsoleBase } from "../core/console-base.ts";
import { createLokiLogSource } from "../core/logs/adapters/loki/loki-log-source.ts";
import type { LogSource } from "../core/logs/log-source.ts";
import { admittedQuery } from "./admitted-query.ts";
import { archiveRange, archiveTenant, isPlaceOnDisk, rangeWithin } from "./archive-place.ts";
import { assumptionsOf } from "./assumption-options.ts";
import type { CommandContext } from "./command-context.ts";
import { type ExportCommandOptions, parseParallel } from "./export-options.ts";
import { lokiSourceOptions } from "./open-source.ts";
import { spendingOf } from "./spending-options.ts";
import { parseRange } from "./time-arguments.ts";

/** Pages that wait for their turn, of all parts together. */
const READ_AHEAD_BYTES = 64 * 1024 * 1024;

/** Where an export reads from; closed with the stack that it was opened on. */
export interface ExportSource {
  readonly source: LogSource;
  readonly site: string;
  readonly tenant: string;
  readonly range: TimeRange;
}

/** Opens `--source` (an address or a place on disk) or `--site`; `--from` and `--to` are of a place's own time where left out. */
export async function openExportSource(
  base: ConsoleBase,
  context: CommandContext,
  options: ExportCommandOptions,
  query: string,
  stack: AsyncDisposableStack,
): Promise<ExportSource> {
  const { source: place, from, to } = options;
  const nowMs = base.clock.nowMs();
  if (!isPlaceOnDisk(place)) {
    const range = parseRange(from, to, nowMs);
    const sourceOptions = await lokiSourceOptions(base, context, options, stack);
    const { site, tenant } = sourceOptions;
    const maxBufferedBytes = Math.floor(READ_AHEAD_BYTES / parseParallel(options.parallel));
    const loki = stack.use(createLokiLogSource({ ...sourceOptions, maxBufferedBytes }));
    const ask = { query, range, limit: null, spending: spendingOf(options) };
    const admitted = await admittedQuery(base, context, sourceOptions, ask, stack);
    return { source: admitted.counted(loki), site, tenant, range };
  }
  const { openCommandArchive } = await import("./open-archive.ts");
  const archive = stack.use(await openCommandArchive(base, context, [place], assumptionsOf(options, options.tenant)));
  const tenant = archiveTenant(archive.contents, options.tenant);
  const range = rangeWithin(archiveRange(archive.contents, tenant), from, to, nowMs);
  const site = archive.contents.provenance?.site ?? archive.contents.title;
  return { source: stack.use(archive.logSource(tenant)), site, tenant, range };
}
