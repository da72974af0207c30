import type { LogTarget } from "../../src-shared/api/log-target.ts";
import type { logsApi } from "../../src-shared/api/logs.api.ts";
import type { LogsService } from "../core/logs/logs.service.ts";
import type { QueryHistory, QueryUse } from "../core/queries/query-history.ts";
import type { DomainHandlers } from "./handlers.ts";

/** A query that was opened or followed is a query that was used. */
export function logsHandlers(logs: LogsService, history: Pick<QueryHistory, "used">): DomainHandlers<typeof logsApi> {
  return {
    labels: (input, { signal }) => logs.labels(input, signal),
    labelValues: (input, { signal }) => logs.labelValues(input, signal),
    series: (input, { signal }) => logs.series(input, signal),
    detectedFields: (input, { signal }) => logs.detectedFields(input, signal),
    estimate: (input, { signal }) => logs.estimate(input, signal),
    volume: (input, { caller, signal }) => logs.volume(input, caller, signal),
    metric: async (input, { caller, signal }) => {
      const { result, completeness, stats } = await logs.metric(input, caller, signal);
      return { ...result, completeness, stats };
    },
    pods: (input, { signal }) => logs.pods(input, signal),
    open: (input, { caller, signal }) => {
      history.used(queryUse(input.target, input.query), caller.key);
      return logs.open(input, caller, signal);
    },
    tail: (input, { caller, signal }) => {
      history.used(queryUse(input.target, input.query), caller.key);
      return logs.tail(input, caller, signal);
    },
    stop: (input) => logs.stop(input),
    close: (input) => logs.close(input),
    watch: (input, { signal }) => logs.watch(input, signal),
    window: (input) => logs.window(input),
    lineText: (input) => logs.lineText(input),
    rowAt: (input) => logs.rowAt(input),
    find: (input, { signal }) => logs.find(input, signal),
    findNext: (input, { signal }) => logs.findNext(input, signal),
    filter: (input, { caller }) => logs.filter(input, caller.principal),
    histogram: (input) => logs.histogram(input),
    fieldStats: (input) => logs.fieldStats(input),
    context: (input, { caller, signal }) => logs.context(input, caller, signal),
    copy: (input) => logs.copy(input),
  };
}

function queryUse(target: LogTarget, query: string): QueryUse {
  if (target.kind === "archive") return { query, site: target.archive, tenant: target.tenant };
  return { query, site: target.site, tenant: target.kind === "loki" ? target.tenant : "" };
}
