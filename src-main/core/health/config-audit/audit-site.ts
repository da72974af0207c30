import { parse } from "yaml";
import type { AuditGap, ConfigAudit } from "../../../../src-shared/model/health/config-audit.ts";
import { AppError, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { Clock } from "../../common/clock.ts";
import type { HealthSite } from "../health-site.ts";
import { readConfig } from "../instance/read-config.ts";
import type { ScrapeTarget } from "../scraping/scrape-target.ts";
import { auditFacts } from "./audit-facts.ts";
import type { BucketFacts, ConfigFacts } from "./config-facts.ts";
import { workloadFacts } from "./workload-facts.ts";

export interface AuditParts {
  /** @throws AppError why nothing can be said of it */
  readonly bucketOf: (config: unknown) => Promise<BucketFacts>;
  readonly clock: Clock;
}

/** Whose configuration is read, best first: most of what is looked at is the ingesters'. */
const TELLERS: readonly string[] = [
  "ingester",
  "write",
  "single-binary",
  "backend",
  "distributor",
  "compactor",
  "querier",
  "query-frontend",
];
const MOST_ASKED = 4;

/**
 * Gathers what can be read of a site and applies all rules to it. What cannot be read is told, with the rules that it
 * silences. @throws AppError `request.cancelled`
 */
export async function auditSite(site: HealthSite, parts: AuditParts, signal: AbortSignal): Promise<ConfigAudit> {
  const gaps: Omit<AuditGap, "rules">[] = [];
  const [config, cluster] = await Promise.all([
    orGap(() => readAnyConfig(site, parts.clock, signal), ["config"], gaps, signal),
    readCluster(site, gaps, signal),
  ]);
  const bucket = config === null ? null : await orGap(() => parts.bucketOf(config.config), ["bucket"], gaps, signal);
  if (config === null) gaps.push({ fact: "bucket", code: "health.nobody-tells" });
  if (signal.aborted) throw new AppError("request.cancelled", {});
  const facts: ConfigFacts = {
    config: config?.config ?? null,
    source: config === null ? null : { file: "config.yaml", text: config.text },
    workloads: cluster,
    bucket,
  };
  return { checkedAtMs: parts.clock.nowMs(), configFrom: config?.from ?? null, ...auditFacts(facts, gaps) };
}

interface ReadConfig {
  readonly from: string;
  readonly text: string;
  readonly config: unknown;
}

async function readAnyConfig(site: HealthSite, clock: Clock, signal: AbortSignal): Promise<ReadConfig> {
  let failure: AppError | null = null;
  for (const target of tellers(await site.targets.targets(signal))) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- the next is asked only when this one does not tell
      const { yaml, cut } = await readConfig(target, clock, signal);
      if (cut) throw new AppError("loki.bad-response", { status: 200, problem: "configuration too long" });
      return { from: target.instance, text: yaml, config: parseConfig(yaml) };
    } catch (error) {
      if (signal.aborted || !isAppError(error)) throw error;
      failure = error;
    }
  }
  throw failure ?? new AppError("health.no-targets", { site: site.name });
}

/** @throws AppError `loki.bad-response` */
export function parseConfig(yaml: string): unknown {
  try {
    return parse(yaml, { maxAliasCount: 100 });
  } catch (error) {
    throw new AppError("loki.bad-response", { status: 200, problem: "no YAML" }, { cause: error });
  }
}

/** One of each component at first, so that a component that is sick as a whole does not hide the configuration. */
function tellers(targets: readonly ScrapeTarget[]): readonly ScrapeTarget[] {
  const places = new Map(TELLERS.map((component, place) => [component, place]));
  const first = targets.filter(
    ({ component }, at) => targets.findIndex((target) => target.component === component) === at,
  );
  const place = ({ component }: ScrapeTarget) => places.get(component) ?? TELLERS.length;
  return first.toSorted((a, b) => place(a) - place(b)).slice(0, MOST_ASKED);
}

async function readCluster(
  { id, cluster }: HealthSite,
  gaps: Omit<AuditGap, "rules">[],
  signal: AbortSignal,
): Promise<ConfigFacts["workloads"]> {
  const inventory = await orGap(
    () => {
      if (cluster === null) throw new AppError("sites.no-cluster", { site: id });
      return cluster.inventory(signal);
    },
    ["workloads", "pods", "budgets"],
    gaps,
    signal,
  );
  if (inventory === null) return null;
  for (const { what, error } of inventory.gaps) if (what !== "autoscalers") gaps.push({ fact: what, code: error.code });
  return workloadFacts(inventory);
}

/** `null`, and the reason among the gaps, for what cannot be read. */
async function orGap<Value>(
  read: () => Promise<Value> | Value,
  facts: readonly AuditGap["fact"][],
  gaps: Omit<AuditGap, "rules">[],
  signal: AbortSignal,
): Promise<Value | null> {
  try {
    return await read();
  } catch (error) {
    if (signal.aborted || !isAppError(error)) throw error;
    for (const fact of facts) gaps.push({ fact, code: error.code });
    return null;
  }
}
