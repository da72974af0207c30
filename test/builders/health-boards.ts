import { MATES_FIGURES, type Mates } from "../../src-shared/model/health/mates.ts";
import type {
  ComponentHealth,
  HealthChange,
  InstanceHealth,
  SiteHealth,
} from "../../src-shared/model/health/site-health.ts";
import type { Evidence } from "../../src-shared/model/health/verdict.ts";
import { CLUSTER_SITE } from "./site-examples.ts";

export const BOARD_AT_MS = Date.UTC(2026, 10, 22, 12);

export function slowPut(overrides: Partial<Evidence> = {}): Evidence {
  return {
    kind: "put-slow",
    metric: 'loki_s3_request_duration_seconds{operation="S3.PutObject"}',
    unit: "seconds",
    own: 2.1,
    matesMedian: 0.11,
    spread: 0.01,
    score: 22.4,
    sinceMs: BOARD_AT_MS - 95_000,
    params: {},
    ...overrides,
  };
}

export function anInstance(instance: string, overrides: Partial<InstanceHealth> = {}): InstanceHealth {
  return {
    instance,
    component: "ingester",
    verdict: "healthy",
    sinceMs: BOARD_AT_MS - 600_000,
    evidence: [],
    doubts: [],
    zone: "zone-a",
    node: "node-1",
    outcome: "answered",
    error: null,
    answeredAtMs: BOARD_AT_MS,
    ready: true,
    restarts: 0,
    startedAtMs: BOARD_AT_MS - 86_400_000,
    version: "3.7.6",
    ringState: "ACTIVE",
    ...overrides,
  };
}

export function aComponent(component: string, overrides: Partial<ComponentHealth> = {}): ComponentHealth {
  return {
    component,
    verdict: "healthy",
    sinceMs: BOARD_AT_MS - 600_000,
    evidence: [],
    doubts: [],
    causes: [],
    instances: 1,
    answering: 1,
    ready: 1,
    wanted: 1,
    versions: ["3.7.6"],
    zones: ["zone-a"],
    ...overrides,
  };
}

export function aChange(overrides: Partial<HealthChange> = {}): HealthChange {
  return {
    atMs: BOARD_AT_MS - 60_000,
    scope: "instance",
    name: "loki-ingester-1",
    component: "ingester",
    verdict: "gray",
    before: "healthy",
    evidence: [slowPut()],
    causes: [],
    ...overrides,
  };
}

/** Three ingesters, one of them gray for slow puts, and two queriers that are well. */
export function aBoard(overrides: Partial<SiteHealth> = {}): SiteHealth {
  const instances = [
    anInstance("loki-ingester-0"),
    anInstance("loki-ingester-1", { verdict: "gray", evidence: [slowPut()], sinceMs: BOARD_AT_MS - 95_000 }),
    anInstance("loki-ingester-2", { zone: "zone-b" }),
    anInstance("loki-querier-a", { component: "querier", ringState: null }),
    anInstance("loki-querier-b", { component: "querier", ringState: null }),
  ];
  return {
    site: CLUSTER_SITE.id,
    state: "watching",
    error: null,
    source: "pods",
    verdict: "gray",
    roundAtMs: BOARD_AT_MS,
    tookMs: 840,
    intervalMs: 15_000,
    historyFromMs: BOARD_AT_MS - 3_600_000,
    ringFrom: "loki-distributor-a",
    ringError: null,
    listError: null,
    causes: [],
    components: [
      aComponent("ingester", {
        verdict: "gray",
        instances: 3,
        answering: 3,
        ready: 3,
        wanted: 3,
        zones: ["zone-a", "zone-b"],
        evidence: [
          slowPut({
            kind: "instances-gray",
            metric: "verdicts",
            unit: "count",
            own: 1,
            matesMedian: null,
            spread: null,
            score: null,
            params: { total: 3 },
          }),
        ],
      }),
      aComponent("querier", { instances: 2, answering: 2, ready: 2, wanted: 2 }),
    ],
    instances,
    changes: [aChange()],
    ...overrides,
  };
}

/** Figures of the ingesters of a board; those of one that is gray stand out. */
export function matesOf({ instances }: SiteHealth, component: string): Mates {
  const own = instances.filter((one) => one.component === component);
  return {
    component,
    atMs: BOARD_AT_MS,
    figures: MATES_FIGURES.map((key) => ({
      key,
      unit: key.endsWith("time") ? ("seconds" as const) : ("count" as const),
      metric: `metric_of_${key}`,
      median: 0.1,
    })),
    instances: own.map(({ instance, verdict }) => ({
      instance,
      values: MATES_FIGURES.map((key) => (key === "put-time" && verdict === "gray" ? 2.1 : 0.1)),
    })),
  };
}

/** Six hundred ingesters over three zones, two of them not well. */
export function aLargeBoard(): SiteHealth {
  const instances = Array.from({ length: 600 }, (_, place) =>
    anInstance(`loki-ingester-${place}`, {
      zone: `zone-${"abc"[place % 3] ?? "a"}`,
      ...(place === 417 ? { verdict: "gray", evidence: [slowPut()] } : {}),
      ...(place === 9 ? { verdict: "down", outcome: "timed-out", ready: null } : {}),
    }),
  );
  return aBoard({
    verdict: "down",
    instances,
    components: [aComponent("ingester", { verdict: "down", instances: 600, answering: 599, ready: 599, wanted: 600 })],
  });
}
