import { AppError, isAppError } from "../../../../../src-shared/errors/app-error.ts";
import type { Clock } from "../../../common/clock.ts";
import type { LokiControl } from "../../loki/loki-control.ts";
import { scaleCommand } from "../../loki/workload-text.ts";
import type { RestoreJournal } from "./restore-journal.ts";

/** How long a pod of the compactor is waited for once the restore was told to stop: the patch is sent at once. */
const LOOK_LIMIT_MS = 3_000;

/**
 * Scales the compactor to zero for as long as a restore writes. What it had before is on disk before anything is sent, so that a
 * killed restore gives it back when it is taken up again.
 */
export async function pauseCompactor(
  loki: LokiControl | null,
  journal: RestoreJournal,
  signal: AbortSignal,
): Promise<void> {
  if (!journal.has("restore-pause-compactor")) return;
  await journal.begin("restore-pause-compactor");
  const left = journal.now.compactor;
  const isLeft = left !== null && !left.resumed;
  if (loki === null) throw new AppError("storage.compactor-not-paused", { problem: "no site" });
  const found = isLeft ? left : await loki.compactor(signal);
  if (found === null) throw new AppError("storage.compactor-not-paused", { problem: "no workload of its own" });
  const { workload, replicas } = found;
  if (replicas === 0) {
    // Somebody else's doing, and theirs to undo.
    await journal.end("restore-pause-compactor", "skipped", { key: "compactor-off", params: { workload } });
    return;
  }
  journal.change({ compactor: { workload, replicas, resumed: false } });
  await journal.commit();
  const before = await loki.pauseCompactor(signal, { workload, replicas });
  // Scaled since it was looked at, or since the run before: what it had last counts.
  const kept = before.replicas > 0 ? before.replicas : replicas;
  journal.change({ compactor: { workload, replicas: kept, resumed: false } });
  await journal.end("restore-pause-compactor", "done", {
    key: "compactor-paused",
    params: { workload, replicas: kept },
  });
}

/**
 * Gives the compactor back what it had. Rejects where that is not known to have been done: the checkpoint still says that it is
 * paused, and by which command it is resumed by hand.
 */
export async function resumeCompactor(
  loki: LokiControl | null,
  journal: RestoreJournal,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const paused = journal.now.compactor;
  if (paused === null || paused.resumed || loki === null) return;
  const { workload, replicas } = paused;
  await journal.begin("restore-resume-compactor");
  try {
    await loki.resumeCompactor(paused, signal);
  } catch (error) {
    if (!isAppError(error) || !(await wants(loki, replicas, clock))) {
      await leaveCompactor(journal);
      throw error;
    }
    // It has its replicas; that its pod is not ready yet is Kubernetes' to mend.
  }
  journal.change({ compactor: { ...paused, resumed: true } });
  await journal.end("restore-resume-compactor", "done", { key: "compactor-resumed", params: { workload, replicas } });
}

/** Says that it is still paused, and what ends that by hand. */
export async function leaveCompactor(journal: RestoreJournal): Promise<void> {
  const paused = journal.now.compactor;
  if (paused === null || paused.resumed) return;
  const { workload, replicas } = paused;
  const command = scaleCommand(workload, replicas);
  await journal.end("restore-resume-compactor", "failed", { key: "compactor-left", params: { workload, command } });
}

async function wants(loki: LokiControl, replicas: number, clock: Clock): Promise<boolean> {
  const limit = new AbortController();
  const cancel = clock.after(LOOK_LIMIT_MS, () => limit.abort(new AppError("request.cancelled", {})));
  try {
    const now = await loki.compactor(limit.signal);
    return now !== null && now.replicas >= replicas;
  } catch (error) {
    if (!isAppError(error)) throw error;
    return false;
  } finally {
    cancel();
  }
}
