import type { z } from "zod";
import type { TenantNeed } from "../../../src-shared/api/procedure.ts";
import type { JobId } from "../../../src-shared/model/ids.ts";
import type { JobProgress } from "../../../src-shared/model/job.ts";
import type { Logger } from "../common/logger.ts";

export type ProgressReport = Omit<JobProgress, "perSecond" | "remainingMs">;

/** What a running job is given. */
export interface JobContext<Input, Checkpoint> {
  readonly id: JobId;
  readonly input: Input;
  /** Where an earlier run got to; `null` at the first. */
  readonly checkpoint: Checkpoint | null;
  /** Aborted by cancel, by pause and at shutdown; the job then commits what it has and returns. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
  /** Durable when it resolves: what it covers will not be done again. Commit before reporting. */
  readonly commit: (checkpoint: Checkpoint) => Promise<void>;
  /** At most four a second reach the outside; a fraction lower than one before is ignored. */
  readonly report: (progress: ProgressReport) => void;
}

/** One kind of durable job. Input, checkpoint and output are parsed by schema whenever they are loaded. */
export interface JobDefinition<Input, Checkpoint, Output> {
  readonly kind: string;
  readonly input: z.ZodType<Input>;
  readonly checkpoint: z.ZodType<Checkpoint>;
  readonly output: z.ZodType<Output>;
  readonly canPause: boolean;
  /** Begins at once, however many others run: what is done in an incident does not wait for exports. */
  readonly urgent?: boolean;
  /** The checkpoint is made for people: until the job has an output, it is shown in its place. */
  readonly showsCheckpoint?: boolean;
  /** Title as a key of `jobs.title.<kind>` with these parameters. */
  titleParams(input: Input): Readonly<Record<string, string | number>>;
  /** Whose tenants' data it is about: who may see all of these may see the job. Left out, only who may see every tenant. */
  tenants?(input: Input): TenantNeed;
  /** Returns its output; when the signal is aborted, the partial output. Throws an `AppError` to fail. */
  run(context: JobContext<Input, Checkpoint>): Promise<Output>;
}
