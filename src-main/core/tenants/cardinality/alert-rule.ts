import { AppError } from "../../../../src-shared/errors/app-error.ts";

export interface AlertFacts {
  readonly tenant: string;
  /** Streams in memory, each once: now, or the most of the days that are known. `null` where nobody saw any. */
  readonly seen: number | null;
  /** `max_global_streams_per_user`; `null` where it is not known, 0 without a limit. */
  readonly limit: number | null;
  /** Ingesters that hold each stream. */
  readonly copies: number;
}

export interface AlertRule {
  readonly yaml: string;
  /** Streams, each once. */
  readonly threshold: number;
  /** Where the threshold is from: `cardinality.alert.from.<from>`. */
  readonly from: "seen" | "limit" | "seen-and-limit";
}

/** Twice as many as were seen are no ordinary day. */
const TIMES_SEEN = 2;
const FEWEST = 100;
/** Before the limit, so that there is time. */
const LIMIT_SHARE = 0.8;

/**
 * A Prometheus rule on the streams of a tenant. It fires at twice what was seen, and no later than at four fifths of the limit,
 * unless that many are there already. @throws AppError `health.nobody-tells` where neither is known
 */
export function alertRule({ tenant, seen, limit, copies }: AlertFacts): AlertRule {
  const bound = limit === null || limit <= 0 ? null : limit * LIMIT_SHARE;
  const doubled = seen === null ? null : Math.max(FEWEST, seen * TIMES_SEEN);
  if (bound === null && doubled === null)
    throw new AppError("health.nobody-tells", { what: "loki_ingester_memory_streams" });
  // Above four fifths of the limit already: the rest of the way to it is what is left to warn of.
  const crowded = bound !== null && seen !== null && seen >= bound && limit !== null;
  const highest = crowded ? (seen + limit) / 2 : bound;
  const threshold = Math.round(Math.min(doubled ?? Number.POSITIVE_INFINITY, highest ?? Number.POSITIVE_INFINITY));
  const from = bound === null ? "seen" : doubled === null ? "limit" : "seen-and-limit";
  const by = `sum by (tenant) (loki_ingester_memory_streams{tenant=${JSON.stringify(tenant)}})`;
  const expr = `${copies > 1 ? `${by} / ${copies}` : by} > ${threshold}`;
  const yaml = [
    "groups:",
    `  - name: ${JSON.stringify(`loki-streams-${tenant}`)}`,
    "    rules:",
    "      - alert: LokiTenantStreamsExploding",
    `        expr: ${JSON.stringify(expr)}`,
    "        for: 10m",
    "        labels:",
    "          severity: warning",
    `          tenant: ${JSON.stringify(tenant)}`,
    "        annotations:",
    `          summary: ${JSON.stringify(`Tenant ${tenant} has more than ${threshold} streams`)}`,
    `          description: ${JSON.stringify(descriptionOf(seen, limit))}`,
    "",
  ].join("\n");
  return { yaml, threshold, from };
}

function descriptionOf(seen: number | null, limit: number | null): string {
  const parts = [
    "{{ $value }} streams.",
    ...(seen === null ? [] : [`${seen} were ordinary when this rule was written.`]),
    ...(limit === null || limit <= 0
      ? []
      : [`max_global_streams_per_user is ${limit}: above it new streams are refused.`]),
  ];
  return parts.join(" ");
}
