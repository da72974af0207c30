import type { LokiTarget } from "../cluster/components.ts";
import { BAD_GATEWAY_PAGE, HttpProblem } from "../http/reply.ts";
import type { ComponentServer } from "./component-server.ts";
import type { LabContext } from "./lab-context.ts";
import { PushHandler } from "./push-handler.ts";
import { tallyOf } from "./push-tally.ts";
import { QueryHandler } from "./query-handler.ts";
import type { LimitsTable, LimitsView } from "./tenant-limits.ts";

export type LokiServerContext = Omit<LabContext, "queryBlocked" | "queryLog"> & {
  readonly limits: LimitsTable;
  /** Where a pod logs; nowhere without it. */
  readonly podLog?: (pod: string, text: string) => void;
};

/** What one process answers with: the limits that it has read, and what it keeps between requests. */
export interface LokiProcess {
  readonly limits: LimitsView;
  readonly pushes: PushHandler;
  readonly queries: QueryHandler;
}

/** The lab's own Loki, all targets in one, goes without a pod. */
const ALL_IN_ONE = "";

/** The processes behind the lab's servers. They share one store; each has its own view of the limits and its own buckets. */
export class LokiProcesses {
  readonly #context: LokiServerContext;
  readonly #processes = new Map<string, LokiProcess>();
  #turn = 0;

  constructor(context: LokiServerContext) {
    this.#context = context;
  }

  /** The process that answers a component's request: its own, or behind the gateway one of a target, in turn. @throws HttpProblem 502 when none runs */
  answering({ pod, target }: ComponentServer, behind: LokiTarget): LokiProcess {
    if (pod === null || target !== "gateway") return this.of(pod);
    const { simulation, clock } = this.#context;
    const running = simulation
      .pods()
      .filter((each) => each.target === behind && simulation.answers(each.name, clock.nowMs()));
    this.#turn += 1;
    const chosen = running[this.#turn % Math.max(1, running.length)];
    if (chosen === undefined) throw new HttpProblem(502, "nobody answers behind the gateway", BAD_GATEWAY_PAGE);
    return this.of(chosen.name);
  }

  /** The pod that stands for a process: of the lab's own Loki, which has none, the first of a target that runs. */
  #podOf(pod: string | null, target: LokiTarget): string | null {
    const { simulation, clock } = this.#context;
    if (pod !== null) return pod;
    const running = simulation
      .pods()
      .find((each) => each.target === target && simulation.answers(each.name, clock.nowMs()));
    return running?.name ?? null;
  }

  of(pod: string | null): LokiProcess {
    const known = this.#processes.get(pod ?? ALL_IN_ONE);
    if (known !== undefined) return known;
    const { simulation, clock, store, podLog } = this.#context;
    const limits = this.#context.limits.seenBy((tenant) => simulation.overrides(pod, clock.nowMs()).get(tenant));
    const distributors = () => (pod === null ? 1 : simulation.running("distributor", clock.nowMs()));
    const frontend = () => this.#podOf(pod, "query-frontend");
    const queryLog = (text: string) => {
      const name = frontend();
      if (name !== null) podLog?.(name, text);
    };
    const queryBlocked = (user: string) => {
      const name = frontend();
      if (name !== null) simulation.count(name, "loki_blocked_queries", { user });
    };
    const process = {
      limits,
      pushes: new PushHandler(
        store,
        limits,
        clock,
        distributors,
        tallyOf(simulation, () => this.#podOf(pod, "distributor"), limits),
      ),
      queries: new QueryHandler({ ...this.#context, limits, queryLog, queryBlocked }),
    };
    this.#processes.set(pod ?? ALL_IN_ONE, process);
    return process;
  }
}
