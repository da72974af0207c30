import type { RingName, RingView } from "../../../../src-shared/model/health/ring.ts";
import type { SiteHealth } from "../../../../src-shared/model/health/site-health.ts";
import type { JobId, SiteId } from "../../../../src-shared/model/ids.ts";
import type { Job } from "../../../../src-shared/model/job.ts";
import type { Permission } from "../../../../src-shared/permissions/permissions.ts";
import type { Role } from "../../../../src-shared/permissions/roles.ts";
import type { Clock } from "../../common/clock.ts";
import type { Logger } from "../../common/logger.ts";
import type { Announcer } from "../../common/topics.ts";
import type { JobDefinition } from "../../jobs/job-definition.ts";
import type { HealthSite, OpenHealthSite } from "../health-site.ts";

/** Lines of a tenant that a query finds, oldest first, at most `limit`. */
export interface PreviewQuestion {
  readonly site: SiteId;
  readonly tenant: string;
  readonly query: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly limit: number;
}

export interface PreviewLine {
  readonly timestampNs: string;
  readonly line: string;
}

/** The part of the job engine that operations need. */
export interface OperationJobs {
  submit<Input, Checkpoint, Output>(
    definition: JobDefinition<Input, Checkpoint, Output>,
    input: Input,
    principal: string,
  ): JobId;
  /** @throws AppError `jobs.unknown` */
  get(id: JobId): Job;
}

/** What operations are made of besides the sites themselves; whoever composes the console passes it in. */
export interface OperationsParts {
  readonly openSite: OpenHealthSite;
  /** The board as it stands; `null` when the site is not watched. */
  readonly board: (site: SiteId) => SiteHealth | null;
  readonly rings: (site: HealthSite, names: readonly RingName[], signal: AbortSignal) => Promise<readonly RingView[]>;
  /**
   * When an ingester last flushed a chunk as far as the kept rounds tell, and since when they go back; `null` when nothing
   * is kept. Milliseconds.
   */
  readonly lastFlush: (
    site: SiteId,
    instance: string,
  ) => Promise<{ readonly atMs: number | null; readonly sinceMs: number } | null>;
  /** Log text of a tenant. @throws AppError whatever reading logs rejects with */
  readonly previewLines: (question: PreviewQuestion, signal: AbortSignal) => Promise<readonly PreviewLine[]>;
  /** Read when it is needed: an engine is made of the job that this service defines. */
  readonly jobs: () => OperationJobs;
  readonly may: (role: Role, permission: Permission) => boolean;
  readonly clock: Clock;
  readonly announcer: Announcer;
  readonly logger: Logger;
}
