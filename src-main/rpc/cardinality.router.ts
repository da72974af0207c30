import type { cardinalityApi } from "../../src-shared/api/cardinality.api.ts";
import type { CardinalityDesk } from "../core/tenants/cardinality/cardinality-desk.ts";
import type { DomainHandlers } from "./handlers.ts";

export function cardinalityHandlers(desk: CardinalityDesk): DomainHandlers<typeof cardinalityApi> {
  return {
    start: async (request, { caller }) => ({ job: desk.start(request, caller.principal) }),
    reports: async ({ site, tenant }) => [...(await desk.reports(site, tenant))],
    report: (place) => desk.report(place),
    whatIf: ({ changes, ...place }, { signal }) => desk.whatIf(place, changes, signal),
    growth: async ({ site, tenant }) =>
      (await desk.growth(site, tenant)).map(({ labels, ...day }) => ({ ...day, labels: { ...labels } })),
    emergency: ({ label, ...place }, { signal }) => desk.emergency(place, label, signal),
    alertRule: ({ site, tenant }, { signal }) => desk.alertRule(site, tenant, signal),
  };
}
