import { useState } from "react";
import type { Job } from "../../src-shared/model/job.ts";
import type { WireError } from "../../src-shared/errors/wire-error.ts";
import { useAnswer } from "./use-answer.ts";
import { wireErrorOf } from "./wire-error-of.ts";
import { useRpcStream } from "../rpc/use-rpc-stream.ts";

interface FollowedJob {
  readonly job: Job | undefined;
  readonly error: WireError | undefined;
  readonly retry: () => void;
}

/** One job as it goes on, told by the core. */
export function useFollowedJob(id: string): FollowedJob {
  const asked = useAnswer("jobs", "get", { job: id });
  const [told, setTold] = useState<Job | undefined>(undefined);
  const [broken, setBroken] = useState<WireError | undefined>(undefined);
  useRpcStream("jobs", "watch", undefined, {
    onData: (jobs) => {
      const mine = jobs.find((job) => job.id === id);
      if (mine !== undefined) setTold(mine);
    },
    onError: (error) => setBroken(wireErrorOf(error)),
  });
  const job = told?.id === id ? told : asked.data;
  return { job, error: asked.error ?? broken, retry: asked.retry };
}
