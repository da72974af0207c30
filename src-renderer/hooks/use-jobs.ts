import { useQueryClient } from "@tanstack/react-query";
import type { Job, JobState } from "../../src-shared/model/job.ts";
import { wireErrorOf } from "./wire-error-of.ts";
import type { WireError } from "../../src-shared/errors/wire-error.ts";
import { useAnswer, type Answer } from "./use-answer.ts";
import { useRpcStream } from "../rpc/use-rpc-stream.ts";

const LISTED = { limit: 200 } as const;

const ENDED: ReadonlySet<JobState> = new Set(["succeeded", "failed", "cancelled"]);

export function hasEnded(job: Job): boolean {
  return ENDED.has(job.state);
}

/** The newest jobs, kept up to date by `useJobsFeed`. */
export function useJobs(): Answer<readonly Job[]> {
  return useAnswer("jobs", "list", LISTED);
}

/** Puts changed jobs into the list: in their place, or in front when they are new. */
export function mergeJobs(known: readonly Job[], changed: readonly Job[]): Job[] {
  const byId = new Map(changed.map((job) => [job.id, job]));
  const kept = known.map((job) => {
    const newer = byId.get(job.id);
    byId.delete(job.id);
    return newer ?? job;
  });
  return [...byId.values(), ...kept].toSorted((a, b) => b.createdAtMs - a.createdAtMs);
}

/** Follows the jobs while the window is open. Mounted once, in the frame. */
export function useJobsFeed(allowed: boolean, onError: (error: WireError) => void): void {
  const queries = useQueryClient();
  useRpcStream("jobs", "watch", allowed ? undefined : null, {
    onData: (changed) =>
      queries.setQueryData<readonly Job[]>(["jobs", "list", LISTED], (known) =>
        known === undefined ? known : mergeJobs(known, changed),
      ),
    onError: (error) => onError(wireErrorOf(error)),
  });
}
