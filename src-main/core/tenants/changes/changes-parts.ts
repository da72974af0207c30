import type { SiteId } from "../../../../src-shared/model/ids.ts";
import type { RuntimePlace } from "../../../../src-shared/model/tenants/board.ts";
import type { LimitYaml } from "../../../../src-shared/model/tenants/limit.ts";
import type { KubernetesClient } from "../../clusters/kubernetes-client.ts";
import type { Clock } from "../../common/clock.ts";
import type { Logger } from "../../common/logger.ts";
import type { Announcer } from "../../common/topics.ts";
import type { HealthSite, OpenHealthSite } from "../../health/health-site.ts";
import type { OperationJobs } from "../../health/operations/operations-parts.ts";
import type { parseExposition } from "../../health/scraping/exposition-parser.ts";
import type { SiteLimitFacts } from "./change-facts.ts";
import type { ChangeCaller } from "./changes-desk.ts";
import type { ChangeBook } from "./change-book.ts";
import type { PlanChange } from "./plan-change.ts";
import type { RuntimeMapStore } from "./runtime-map.ts";

/** Where the runtime configuration of a site is, and what of it decides how it can be changed. */
export interface FoundRuntime {
  readonly place: RuntimePlace;
  /** All of `runtime_config.file`, in its order; of several the later win. */
  readonly files: readonly string[];
  /** Mounted by `subPath`: the kubelet never brings a change into such a pod. */
  readonly mountedBySubPath: boolean;
}

/** The part of the job engine that changes of limits need. */
export type ChangeJobs = OperationJobs;

/** A change by the console that its audit log tells, for "who changed it lately". */
export interface AuditedChange {
  readonly who: string;
  readonly atMs: number;
  readonly what: string;
}

/** What changes of limits are made of; whoever composes the console passes it in. */
export interface ChangesParts {
  readonly openSite: OpenHealthSite;
  /** @throws AppError `tenants.runtime-config-missing`, `sites.no-cluster`, `cluster.*` */
  readonly findRuntime: (site: HealthSite, signal: AbortSignal) => Promise<FoundRuntime>;
  /** What cannot be read is missing from the answer. @throws AppError `request.cancelled` alone */
  readonly facts: (site: SiteId, signal: AbortSignal) => Promise<SiteLimitFacts>;
  /**
   * `/config/tenant/v1/limits` of a tenant as a component has them now; `null` where none tells.
   * @throws AppError why it could not be asked
   */
  readonly publishedLimits: (
    site: HealthSite,
    tenant: string,
    signal: AbortSignal,
  ) => Promise<Readonly<Record<string, LimitYaml>> | null>;
  /** In a thread where there is one; in this one, without. */
  readonly planChange?: PlanChange;
  readonly maps: (client: KubernetesClient) => RuntimeMapStore;
  readonly parseExposition: typeof parseExposition;
  /** Entries of the console's audit log about changes of this site's limits, newest first. */
  readonly auditedChanges: (site: SiteId) => readonly AuditedChange[];
  readonly mayUse: (caller: ChangeCaller, tenant: string) => boolean;
  /** Read when it is needed: an engine is made of the job that this service defines. */
  readonly jobs: () => ChangeJobs;
  /** Every change of this profile, whichever process made it. */
  readonly book: ChangeBook;
  readonly clock: Clock;
  readonly announcer: Announcer;
  readonly logger: Logger;
  /** How long all components may take: the kubelet brings a change within two minutes, and Loki looks every ten seconds. */
  readonly convergence?: { readonly limitMs: number; readonly everyMs: number };
}
