import type { LogSource } from "./log-source.ts";

/** A request of a read that Loki answered, with what the answer says it cost. */
export interface RequestCost {
  /** What went with it as `Id` in `X-Query-Tags`, so that the frontend's own line about it is known again. */
  readonly uuid: string;
  readonly query: string;
  /** The time that was asked for; 0 for an instant query. */
  readonly rangeMs: number;
  readonly endedAtMs: number;
  readonly durationMs: number;
  /** HTTP status. Only what Loki refused before it read anything is told of failures: of others it tells itself. */
  readonly status: number;
  /** `data.stats` of the answer as it came; `null` where there is none. */
  readonly stats: unknown;
}

/** Called once for each request. Must not throw. */
export type CostListener = (cost: RequestCost) => void;

/** The same source, with a listener for what each read costs. */
export function withCosts(source: LogSource, onCost: CostListener): LogSource {
  return {
    describe: () => source.describe(),
    capabilities: () => source.capabilities(),
    labels: (...parameters) => source.labels(...parameters),
    labelValues: (...parameters) => source.labelValues(...parameters),
    series: (...parameters) => source.series(...parameters),
    read: (query, signal) => source.read(query, signal, onCost),
    tail: (query, signal) => source.tail(query, signal, onCost),
    metric: (query, signal) => source.metric(query, signal, onCost),
    stats: (...parameters) => source.stats(...parameters),
    volume: (...parameters) => source.volume(...parameters),
    detectedFields: (...parameters) => source.detectedFields(...parameters),
    [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
  };
}
