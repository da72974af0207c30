import { AppError, hasCode } from "../../../src-shared/errors/app-error.ts";
import type { ExportSummary } from "../../../src-shared/model/export-summary.ts";
import { RateBucket } from "../common/rate-bucket.ts";
import { checkFolderIsFree, hasManifest, lostParts, removeLeftovers } from "./archive-leftovers.ts";
import type { ExportCheckpoint, PinnedPlan } from "./export-checkpoint.ts";
import { ExportLedger } from "./export-ledger.ts";
import { exportManifest, exportSummary, type RunFacts } from "./export-outcome.ts";
import { exportPart } from "./export-part.ts";
import type { ExportParts, ExportPlan } from "./export-plan.ts";
import { ExportProgress } from "./export-progress.ts";
import { exportQuery } from "./export-query.ts";
import { planParts } from "./plan-parts.ts";
import { someStreams } from "./some-streams.ts";
import { StoreTarget } from "./store-target.ts";

/**
 * Exports the whole range of a log query into an archive, each line exactly once, through kills, pauses and errors: what
 * the checkpoint lists as finished is in its place and is never read again, what a killed try had half written is removed
 * and begun anew. The manifest is written last. Resolves when all is done, or, with `state` `stopped`, when the signal is
 * aborted; a failure rejects and leaves what was finished for the next run.
 *
 * @throws `loki.query-invalid`, `export.metric-query`, `logs.range-reversed`; `export.other-plan` where the checkpoint is
 * another export's; `archive.already-there`; `files.disk-full`; what the source, the writer and the store throw.
 */
export async function runExport(plan: ExportPlan, parts: ExportParts): Promise<ExportSummary> {
  const { clock, signal } = parts;
  const startedMs = clock.nowMs();
  const target = parts.store === undefined ? null : new StoreTarget(parts.store, plan.directory);
  const { checkpoint, ended } = await remembered(plan, parts, target);
  const facts = { resumed: checkpoint?.finished.length ?? 0, repeated: 0 };
  const summary = (ledger: ExportLedger, state: RunFacts["state"]): ExportSummary => {
    const seconds = (clock.nowMs() - startedMs) / 1_000;
    return exportSummary(plan, ledger.plan, ledger.finished, { ...facts, state, seconds });
  };
  if (checkpoint !== null && ended) return summary(new ExportLedger(parts.checkpoint, checkpoint), "finished");
  const ledger = new ExportLedger(parts.checkpoint, checkpoint ?? (await begin(plan, parts, target)));
  if (checkpoint === null) await ledger.commit();
  else {
    for (const part of await lostParts(plan.directory, ledger.finished)) ledger.forget(part);
    facts.resumed = ledger.finished.length;
    await removeLeftovers(plan.directory, ledger.finished);
    await target?.removeLeftovers(ledger.finished, signal);
  }
  try {
    await runParts(plan, parts, ledger, target, () => (facts.repeated += 1));
    if (signal.aborted) return summary(ledger, "stopped");
    await removeLeftovers(plan.directory, ledger.finished);
    const endedAt = new Date(clock.nowMs()).toISOString();
    const manifest = exportManifest(plan, ledger.plan, ledger.finished, endedAt);
    if (target === null) await parts.writeManifest(plan.directory, manifest);
    else await target.publish(ledger.finished, manifest, parts, signal);
    await ledger.end(endedAt);
    return summary(ledger, "finished");
  } catch (error) {
    if (!signal.aborted || !isCancel(error)) throw error;
    return summary(ledger, "stopped");
  }
}

/** What an earlier run left; nothing where what it had made was taken away. */
async function remembered(
  plan: ExportPlan,
  parts: ExportParts,
  target: StoreTarget | null,
): Promise<{ readonly checkpoint: ExportCheckpoint | null; readonly ended: boolean }> {
  const checkpoint = await parts.checkpoint.load();
  if (checkpoint === null) return { checkpoint, ended: false };
  checkSamePlan(plan, checkpoint.plan);
  if (checkpoint.endedAt === null) return { checkpoint, ended: false };
  if (target === null) return { checkpoint, ended: await hasManifest(plan.directory) };
  const ended = await target.isPublished(parts.signal);
  return { checkpoint: ended ? checkpoint : null, ended };
}

/** Decides what stays through every try. Nothing is written before this is on disk. */
async function begin(plan: ExportPlan, parts: ExportParts, target: StoreTarget | null): Promise<ExportCheckpoint> {
  const { source, signal } = parts;
  const { range } = plan;
  if (range.endNs <= range.startNs) throw new AppError("logs.range-reversed", {});
  const query = exportQuery(plan.query);
  await checkFolderIsFree(plan.directory);
  await target?.checkIsFree(signal);
  parts.report({ phase: "plan", fraction: null, done: 0, total: null, unit: "steps" });
  const sized = parts.partLines === undefined ? {} : { partLines: parts.partLines };
  const planned = await planParts({ ...query, ...sized, range }, source, signal);
  const streams = await someStreams(source, query.selector, range, signal);
  const pinned: PinnedPlan = {
    site: plan.site,
    tenant: plan.tenant,
    query: plan.query,
    startNs: range.startNs.toString(),
    endNs: range.endNs.toString(),
    redact: [...plan.redact],
    place: plan.place,
    labelColumns: parts.chooseLabelColumns(streams),
    parts: [...planned],
  };
  return { version: 1, plan: pinned, finished: [], endedAt: null };
}

/** Runs what is left, several at a time, in the order of the range. The first failure ends the others. */
async function runParts(
  plan: ExportPlan,
  parts: ExportParts,
  ledger: ExportLedger,
  target: StoreTarget | null,
  onRepeat: () => void,
): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([parts.signal, stop.signal]);
  const progress = new ExportProgress(ledger.plan.parts, ledger.finished, parts.report);
  const rate = new RateBucket(plan.linesPerSecond, parts.clock);
  const waiting = ledger.plan.parts
    .keys()
    .filter((part) => !ledger.isFinished(part))
    .toArray();
  const toUpload = target === null ? [] : ledger.finished.filter(({ uploaded }) => !uploaded);
  let failure: { readonly error: unknown } | null = null;
  const runner = async (): Promise<void> => {
    try {
      for (let next = toUpload.shift(); next !== undefined && !signal.aborted; next = toUpload.shift()) {
        await target?.upload(next, signal);
        await ledger.finish({ ...next, uploaded: true });
      }
      for (let part = waiting.shift(); part !== undefined && !signal.aborted; part = waiting.shift()) {
        const run = { plan: ledger.plan, part, directory: plan.directory, rate, progress, onRepeat };
        const finished = await exportPart(run, parts, signal);
        await ledger.finish(finished);
        progress.finished(finished);
        if (target === null) continue;
        await target.upload(finished, signal);
        await ledger.finish({ ...finished, uploaded: true });
      }
    } catch (error) {
      // What the others say once they are told to stop is no news.
      if (!signal.aborted) failure ??= { error };
      stop.abort(new AppError("request.cancelled", {}));
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, plan.parallel) }, runner));
  // TypeScript does not see that the runners set it.
  const failed = failure as { readonly error: unknown } | null;
  if (failed !== null) throw failed.error;
}

function checkSamePlan(plan: ExportPlan, pinned: PinnedPlan): void {
  const differences = [
    ["site", plan.site, pinned.site],
    ["tenant", plan.tenant, pinned.tenant],
    ["query", plan.query, pinned.query],
    ["start", plan.range.startNs.toString(), pinned.startNs],
    ["end", plan.range.endNs.toString(), pinned.endNs],
    ["redaction", plan.redact.toSorted().join(","), pinned.redact.toSorted().join(",")],
    ["place", plan.place, pinned.place],
  ] as const;
  const other = differences.find(([, wanted, found]) => wanted !== found);
  if (other === undefined) return;
  const [name, , found] = other;
  throw new AppError("export.other-plan", { file: plan.place, problem: `${name} ${found}`.slice(0, 300) });
}

function isCancel(error: unknown): boolean {
  return hasCode(error, "request.cancelled") || (error instanceof Error && error.name === "AbortError");
}
