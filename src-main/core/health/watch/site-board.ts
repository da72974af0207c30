import type { SiteId } from "../../../../src-shared/model/ids.ts";
import type { ComponentHealth, InstanceHealth, SiteHealth } from "../../../../src-shared/model/health/site-health.ts";
import { VERDICT_ORDER, type Verdict } from "../../../../src-shared/model/health/verdict.ts";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { HealthSite } from "../health-site.ts";
import type { RoundReport } from "../scraping/scraper.ts";
import type { TargetOutcome } from "../scraping/target-outcome.ts";
import type { ComponentVerdict, ExpectedReplicas, InstanceVerdict, SiteVerdicts } from "../verdicts/site-verdicts.ts";

const MOST_CHANGES = 50;

export interface BoardFacts {
  readonly site: SiteId;
  readonly source: HealthSite["source"];
  readonly intervalMs: number;
  readonly historyFromMs: number | null;
  /** Newest first. */
  readonly changes: SiteHealth["changes"];
}

/** What is shown before anybody answered. */
export function emptyBoard(facts: BoardFacts, state: "starting" | "failed", error: AppError | null): SiteHealth {
  const { site, source, intervalMs, historyFromMs, changes } = facts;
  return {
    site,
    state,
    error: error?.toWire() ?? null,
    source,
    verdict: "unknown",
    roundAtMs: null,
    tookMs: null,
    intervalMs,
    historyFromMs,
    ringFrom: null,
    ringError: null,
    listError: null,
    causes: [],
    components: [],
    instances: [],
    changes: changes.slice(0, MOST_CHANGES),
  };
}

/** The board after a round: what is thought of everybody, beside how asking them went and what Kubernetes says. */
export function boardOf(
  facts: BoardFacts,
  report: RoundReport,
  verdicts: SiteVerdicts,
  expected: ExpectedReplicas | null,
): SiteHealth {
  const { site, source, intervalMs, historyFromMs, changes } = facts;
  const outcomes = new Map(report.targets.map((target) => [target.instance, target]));
  const instances = verdicts.instances.map((verdict) => instanceOf(verdict, outcomes.get(verdict.instance), expected));
  const nobody = report.targets.length > 0 ? null : (report.listError ?? new AppError("health.no-targets", { site }));
  const components = verdicts.components.map((verdict) => componentOf(verdict, instances, expected));
  return {
    site,
    state: nobody === null ? "watching" : "failed",
    error: nobody?.toWire() ?? null,
    source,
    verdict: worst(components.map(({ verdict }) => verdict)),
    roundAtMs: report.round.atMs,
    tookMs: report.tookMs,
    intervalMs,
    historyFromMs,
    ringFrom: report.ringFrom,
    ringError: report.ringError?.toWire() ?? null,
    listError: report.listError?.toWire() ?? null,
    causes: [...verdicts.causes],
    components,
    instances,
    changes: changes.slice(0, MOST_CHANGES),
  };
}

/** The worst there is; nothing is unknown. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  return VERDICT_ORDER.find((verdict) => verdicts.includes(verdict)) ?? "unknown";
}

function instanceOf(
  verdict: InstanceVerdict,
  target: TargetOutcome | undefined,
  expected: ExpectedReplicas | null,
): InstanceHealth {
  const { evidence, doubts, ...said } = verdict;
  return {
    ...said,
    evidence: [...evidence],
    doubts: [...doubts],
    zone: target?.zone ?? null,
    node: target?.node ?? null,
    // Who was not asked in this round was there in an earlier one.
    outcome: target?.outcome ?? "unreachable",
    error: target?.error?.toWire() ?? null,
    restarts: expected?.restarts.get(verdict.instance) ?? null,
  };
}

function componentOf(
  verdict: ComponentVerdict,
  all: readonly InstanceHealth[],
  expected: ExpectedReplicas | null,
): ComponentHealth {
  const { component, evidence, doubts, causes, ...said } = verdict;
  const own = all.filter((instance) => instance.component === component);
  const workloads = expected?.workloads?.get(component);
  return {
    ...said,
    component,
    evidence: [...evidence],
    doubts: [...doubts],
    causes: [...causes],
    instances: own.length,
    answering: own.filter(({ outcome }) => outcome === "answered").length,
    ready: own.filter(({ ready }) => ready === true).length,
    wanted: expected?.wanted.get(component) ?? null,
    ...(workloads === undefined ? {} : { workloads: workloads.map(({ workload, wanted }) => ({ workload, wanted })) }),
    versions: distinct(own.map(({ version }) => version)),
    zones: distinct(own.map(({ zone }) => zone)),
  };
}

function distinct(values: readonly (string | null)[]): string[] {
  return [...new Set(values.filter((value) => value !== null && value !== ""))]
    .flatMap((value) => value ?? [])
    .toSorted();
}
