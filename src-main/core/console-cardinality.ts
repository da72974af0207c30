import { z } from "zod";
import type { LogTarget } from "../../src-shared/api/log-target.ts";
import { AppError } from "../../src-shared/errors/app-error.ts";
import { cardinalityRequestSchema, type CardinalityRequest } from "../../src-shared/model/tenants/cardinality.ts";
import type { SitesService } from "./clusters/sites.service.ts";
import type { WorkerLocator } from "./common/worker-entry.ts";
import type { ConsoleBase } from "./console-base.ts";
import type { ConsoleHealth } from "./console-health.ts";
import type { OperationJobs } from "./health/operations/operations-parts.ts";
import type { JobDefinition } from "./jobs/job-definition.ts";
import type { LogSource } from "./logs/log-source.ts";
import type { CardinalityDesk } from "./tenants/cardinality/cardinality-desk.ts";

export interface CardinalityDomain {
  readonly base: ConsoleBase;
  readonly sites: SitesService;
  readonly health: ConsoleHealth;
  readonly openSource: (target: LogTarget, signal: AbortSignal) => Promise<LogSource>;
  /** The engine is made of the sampling job, so it is asked for when one is submitted. */
  readonly jobs: () => OperationJobs;
  readonly locateWorker: WorkerLocator;
  readonly version: string;
}

export interface ConsoleCardinality {
  readonly service: CardinalityDesk;
  readonly job: JobDefinition<CardinalityRequest, unknown, unknown>;
}

/** Labels, their values and the streams they make, of the tenants of a profile's sites. */
export function openConsoleCardinality(_domain: CardinalityDomain, _opened: AsyncDisposableStack): ConsoleCardinality {
  const notYet = (): never => {
    throw new AppError("logs.unsupported", { capability: "cardinality" });
  };
  return {
    service: {
      start: notYet,
      reports: notYet,
      report: notYet,
      whatIf: notYet,
      growth: notYet,
      emergency: notYet,
      alertRule: notYet,
    },
    job: {
      kind: "cardinality",
      input: cardinalityRequestSchema,
      checkpoint: z.unknown(),
      output: z.unknown(),
      canPause: false,
      titleParams: ({ tenant }) => ({ tenant }),
      run: notYet,
    },
  };
}
