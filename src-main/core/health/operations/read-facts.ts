import { isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { Operation } from "../../../../src-shared/model/health/operation.ts";
import type { RingName } from "../../../../src-shared/model/health/ring.ts";
import type { HealthSite } from "../health-site.ts";
import { listDeleteRequests } from "./adapters/delete-requests.ts";
import { readLogLevel } from "./log-level.ts";
import type { OperationFacts } from "./operation-facts.ts";
import type { OperationsParts } from "./operations-parts.ts";
import { safetyView } from "./safety/safety-view.ts";
import type { SitePages } from "./site-pages.ts";

export interface FactsOptions {
  readonly parts: Pick<OperationsParts, "board" | "rings" | "lastFlush" | "clock">;
  readonly site: HealthSite;
  readonly pages: SitePages;
  readonly running: readonly Operation[];
}

/**
 * Looks at everything that matters to an operation. What cannot be learnt is left out and told so; only what the operation
 * itself is about must be there.
 * @throws AppError `request.cancelled`, and why the workload, the delete requests or the log level could not be read
 */
export async function readFacts(
  { parts, site, pages, running }: FactsOptions,
  operation: Operation,
  signal: AbortSignal,
): Promise<OperationFacts> {
  const ofProcesses = operation.kind !== "cancel-delete";
  const [rings, inventory, ingesters, deleteRequest, logLevel, mark] = await Promise.all([
    orNull(parts.rings(site, ringsOf(operation), signal), signal),
    site.cluster !== null && ofProcesses ? orNull(site.cluster.inventory(signal), signal) : null,
    NEEDS_READINGS.has(operation.kind) ? orNull(pages.ingesters(signal), signal) : null,
    operation.kind === "cancel-delete" ? findRequest(site, operation.tenant, operation.request, signal) : null,
    operation.kind === "log-level" ? readLogLevel(pages, operation.instance, signal) : null,
    operation.kind === "rolling-restart" || operation.kind === "scale"
      ? (site.cluster?.workloads.look(operation.workload, signal) ?? null)
      : null,
  ]);
  const facts: OperationFacts = {
    nowMs: parts.clock.nowMs(),
    board: parts.board(site.id),
    rings: rings ?? [],
    inventory,
    ingesters,
    lastFlush: new Map(),
    running,
    deleteRequest,
    logLevel,
    mark,
  };
  return { ...facts, lastFlush: await lastFlushes(parts, site, facts, operation, signal) };
}

const NEEDS_READINGS: ReadonlySet<Operation["kind"]> = new Set([
  "flush-ingester",
  "flush-tenant",
  "prepare-shutdown",
  "shutdown-ingester",
  "rolling-restart",
  "scale",
]);

function ringsOf(operation: Operation): readonly RingName[] {
  if (operation.kind === "cancel-delete" || operation.kind === "log-level") return [];
  return operation.kind === "forget-member" ? [...new Set<RingName>(["ingester", operation.ring])] : ["ingester"];
}

async function lastFlushes(
  { lastFlush }: FactsOptions["parts"],
  site: HealthSite,
  facts: OperationFacts,
  operation: Operation,
  signal: AbortSignal,
): Promise<OperationFacts["lastFlush"]> {
  const concerned = safetyView(operation, facts).touched.filter((name) =>
    facts.ingesters?.some(({ instance }) => instance === name),
  );
  const found = await Promise.all(
    concerned.map(async (instance) => [instance, await orNull(lastFlush(site.id, instance), signal)] as const),
  );
  return new Map(found.flatMap(([instance, last]) => (last === null ? [] : [[instance, last] as const])));
}

async function findRequest(
  site: HealthSite,
  tenant: string,
  request: string,
  signal: AbortSignal,
): Promise<OperationFacts["deleteRequest"]> {
  const requests = await listDeleteRequests(site.transport, tenant, signal);
  return requests.find((each) => each.request === request) ?? null;
}

/** What is not told is not known; that the asking itself was broken off is told. */
async function orNull<Value>(asked: Promise<Value>, signal: AbortSignal): Promise<Value | null> {
  try {
    return await asked;
  } catch (error) {
    if (signal.aborted || !isAppError(error)) throw error;
    return null;
  }
}
