import type { CardinalityReport, EmergencyPlan } from "../../../../src-shared/model/tenants/cardinality.ts";
import { collectorSnippets } from "./collector-snippets.ts";
import type { TenantFacts } from "./tenant-facts.ts";

/** Room above what is there: streams that are open may go on, new ones are refused soon. */
const ROOM = 1.1;
const FEWEST = 1_000;

/** The override that stops more streams: what is open now and a tenth, in round hundreds. */
export function streamCap(streams: number): number {
  return Math.ceil(Math.max(FEWEST, streams * ROOM) / 100) * 100;
}

/**
 * How to stop an explosion of one label now: first the override that caps the damage, as it holds within the reload period of
 * the runtime configuration; then the collectors; then looking whether it works; then taking the override out.
 */
export function emergencyPlan(report: CardinalityReport, label: string, facts: TenantFacts): EmergencyPlan {
  const { tenant, site } = report.request;
  const copies = facts.copies?.value ?? 1;
  const open = facts.memoryStreams === null ? report.series : Math.round(facts.memoryStreams.value / copies);
  const cap = streamCap(open);
  const profile = report.labels.find((each) => each.label === label);
  const left = profile?.streamsWithout ?? report.series;
  const { promtail, alloy } = collectorSnippets([{ kind: "drop", label }]);
  const by = `sum by (tenant) (loki_ingester_memory_streams{tenant=${JSON.stringify(tenant)}})`;
  const streams = copies > 1 ? `${by} / ${copies}` : by;
  return {
    label,
    tenant,
    steps: [
      { key: "look", params: { streams: open }, text: streams },
      {
        key: "cap",
        params: { streams: cap },
        text: `overrides:\n  ${JSON.stringify(tenant)}:\n    max_global_streams_per_user: ${cap}\n`,
      },
      {
        key: "cap-plan",
        params: { site },
        text: [
          "kubemate limits plan --site",
          shellQuoted(site),
          "--limit",
          shellQuoted(`${tenant}.max_global_streams_per_user=${cap}`),
          "--expires 2h",
        ].join(" "),
      },
      { key: "promtail", params: { label }, text: promtail },
      { key: "alloy", params: { label }, text: alloy },
      { key: "restart", params: {}, text: null },
      {
        key: "verify",
        params: { left },
        text: `sum by (tenant) (rate(loki_ingester_streams_created_total{tenant=${JSON.stringify(tenant)}}[5m]))`,
      },
      { key: "lift", params: { streams: cap }, text: null },
    ],
  };
}

/** A tenant's id may have quotes and brackets; a shell reads it as one word. */
function shellQuoted(text: string): string {
  return /^[A-Za-z0-9._=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
