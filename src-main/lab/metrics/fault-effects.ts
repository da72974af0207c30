import { LAB_LOAD, type Troubles } from "./lab-load.ts";
import type { ReadPathTroubles } from "./simulated-read-path.ts";

/** What the faults that are on do to an ingester; `""` for what troubles the whole cluster alone. */
export function ingesterTroubles(
  faults: ReadonlySet<string>,
  name: string,
  {
    share,
    storeBack,
    storms,
  }: { readonly share: number; readonly storeBack: boolean; readonly storms: ReadonlyMap<string, number> },
): Troubles {
  const tenants = (fault: string) =>
    new Set(LAB_LOAD.map(({ tenant }) => tenant).filter((tenant) => faults.has(`${fault}:${tenant}`)));
  return {
    share,
    slowFlush: faults.has(`slow-flush:${name}`),
    jitter: faults.has(`network-jitter:${name}`),
    starved: faults.has(`cpu-starved:${name}`),
    storeSlow: faults.has("store-slow"),
    storeDown: faults.has("object-store-down") || !storeBack,
    storms,
    explosions: tenants("label-explosion"),
  };
}

/** What the faults that are on do to everything but ingesters and distributors. */
export function readPathTroubles(
  faults: ReadonlySet<string>,
  counts: { readonly ingestersLost: number; readonly queriers: number },
): ReadPathTroubles {
  return {
    storeDown: faults.has("object-store-down"),
    storeSlow: faults.has("store-slow"),
    compactorStuck: faults.has("compactor-stuck"),
    rulesMissed: faults.has("rules-missed"),
    schedulerQueue: faults.has("scheduler-queue"),
    ...counts,
  };
}
