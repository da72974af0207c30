import { isLogExpr, type LogExpr } from "../../../../src-shared/logql/ast.ts";
import { parseLogQl } from "../../../../src-shared/logql/parser.ts";
import type { QueryCost } from "../../../../src-shared/model/tenants/query-cost.ts";
import type { QueryAsk } from "../../logs/query-admission.ts";
import type { RequestCost } from "../../logs/request-cost.ts";
import { costOfAnswer } from "../query-cost/cost-of-answer.ts";

/** Makes costs of the requests of the console's own queries and hands them on. */
export class OwnCosts {
  readonly #keep: (cost: QueryCost) => void;

  /** `keep` must not throw. */
  constructor(keep: (cost: QueryCost) => void) {
    this.#keep = keep;
  }

  record({ asker, target }: QueryAsk, request: RequestCost): QueryCost {
    if (target.kind !== "loki") throw new Error("only Loki's answers cost something");
    const { uuid, query, rangeMs, endedAtMs, durationMs, status, stats } = request;
    const cost = costOfAnswer(
      {
        uuid,
        atMs: endedAtMs,
        site: target.site,
        tenant: target.tenant,
        user: asker.principal,
        query,
        kind: queryKind(query),
        rangeMs,
        durationMs,
        status,
      },
      stats,
    );
    this.#keep(cost);
    return cost;
  }
}

/** As `QueryType` of Loki's `pkg/logql/metrics.go`; `null` for what is no query. */
function queryKind(query: string): QueryCost["kind"] {
  const parsed = parseLogQl(query);
  if (!parsed.ok) return null;
  if (!isLogExpr(parsed.expr)) return "metric";
  return hasFilter(parsed.expr) ? "filter" : "limited";
}

function hasFilter({ stages }: LogExpr): boolean {
  return stages.some(({ kind }) => kind === "lineFilter" || kind === "labelFilter");
}
