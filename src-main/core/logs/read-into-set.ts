import { AppError, isAppError } from "../../../src-shared/errors/app-error.ts";
import type { LogTarget } from "../../../src-shared/api/log-target.ts";
import { mergeCompleteness } from "../../../src-shared/model/completeness.ts";
import type { LogQuery } from "../../../src-shared/model/log-query.ts";
import type { Logger } from "../common/logger.ts";
import type { LogSource, TailQuery } from "./log-source.ts";
import type { AdmittedQuery } from "./query-admission.ts";
import type { ResultSet } from "./result-set/result-set.ts";

/** Makes a way to a target's logs; whoever opens it disposes it. */
export type OpenSource = (target: LogTarget, signal: AbortSignal) => Promise<LogSource>;

export interface ReaderParts {
  readonly openSource: OpenSource;
  readonly logger: Logger;
  /** Settled when the reading has ended. */
  readonly admitted: AdmittedQuery;
}

/** Reads a query into a set to its end. Never rejects: how it went is the set's phase, completeness and error. */
export async function readIntoSet(
  set: ResultSet,
  query: LogQuery,
  parts: ReaderParts,
  signal: AbortSignal,
): Promise<void> {
  await filling(
    set,
    parts,
    signal,
    async () => {
      await using admitted = parts.admitted;
      await using source = await parts.openSource(set.target, signal);
      for await (const event of admitted.counted(source).read(query, signal)) {
        if (signal.aborted) break;
        if (event.kind === "batch") {
          await set.append(event.batch);
        } else {
          set.progress.setStats(event.stats);
          if (event.kind === "end") set.progress.setCompleteness(event.completeness);
        }
      }
      signal.throwIfAborted();
      set.progress.setPhase("done");
    },
    () => notRead(set, query),
  );
}

/** Follows a query into a set until it is stopped. Never rejects, as `readIntoSet`. */
export async function tailIntoSet(
  set: ResultSet,
  query: TailQuery,
  parts: ReaderParts,
  signal: AbortSignal,
): Promise<void> {
  await filling(
    set,
    parts,
    signal,
    async () => {
      await using admitted = parts.admitted;
      await using source = await parts.openSource(set.target, signal);
      if (!source.capabilities().tail) throw new AppError("logs.unsupported", { capability: "tail" });
      for await (const event of admitted.counted(source).tail(query, signal)) {
        if (signal.aborted) break;
        if (event.kind === "batch") await set.append(event.batch);
        else if (event.kind === "marker") set.appendMarker(event.timestampNs, event.marker);
        else set.progress.setPhase(event.state === "following" ? "tailing" : "reconnecting");
      }
      signal.throwIfAborted();
      set.progress.setPhase("done");
    },
    () => null,
  );
}

/** Runs a reader and turns its end into the set's. `unread` tells the part of the range that a failure left out. */
async function filling(
  set: ResultSet,
  parts: ReaderParts,
  signal: AbortSignal,
  read: () => Promise<void>,
  unread: () => { readonly startNs: bigint; readonly endNs: bigint } | null,
): Promise<void> {
  const { progress } = set;
  const tailing = () => progress.phase === "tailing" || progress.phase === "reconnecting";
  try {
    await read();
  } catch (error) {
    if (signal.aborted) {
      // A tail has no end that it could have missed.
      if (!tailing()) progress.addReason({ kind: "stopped" });
      progress.setPhase("stopped");
    } else {
      const failure = asAppError(error, parts.logger);
      const missing = unread();
      if (failure.code === "logs.spill-failed") progress.addReason({ kind: "disk-full", droppedRows: 0 });
      else if (missing !== null) {
        const { startNs, endNs } = missing;
        progress.addReason({
          kind: "split-failed",
          startNs: String(startNs),
          endNs: String(endNs),
          code: failure.code,
        });
      } else {
        progress.setCompleteness(mergeCompleteness(progress.completeness, { verdict: "incomplete", reasons: [] }));
      }
      progress.fail(failure);
    }
  } finally {
    if (!set.store.closed) set.store.finish();
    progress.changed();
  }
}

/** What is left of a query's range behind the last row that was read. */
function notRead(set: ResultSet, query: LogQuery): { startNs: bigint; endNs: bigint } {
  const lastNs = set.store.lastNs;
  if (lastNs === null) return query.range;
  return query.direction === "backward"
    ? { startNs: query.range.startNs, endNs: lastNs }
    : { startNs: lastNs, endNs: query.range.endNs };
}

function asAppError(error: unknown, logger: Logger): AppError {
  if (isAppError(error)) return error;
  const failure = new AppError("internal", {}, { cause: error });
  failure.reference = logger.error("reading logs failed", error);
  return failure;
}
