import { logfmtValue } from "../format/logfmt.ts";
import { goLabelSet, goRfc3339Seconds } from "../format/go-text.ts";
import {
  ignoredReport,
  ingestionRateExceeded,
  streamLimitExceeded,
  streamRateExceeded,
} from "../loki/push-validation.ts";
import type { RefusedPush } from "../metrics/lab-load.ts";
import { parseFlagTime } from "../runtime/go-scalars.ts";
import { SeededRandom, mix, textSeed } from "../traffic/seeded-random.ts";
import type { Workload } from "../traffic/traffic-source.ts";
import type { PodJournals } from "./pod-journal.ts";

/** Where collectors push to. */
const LOKI_HOST = "loki-gateway.loki.svc.cluster.local";
/** Promtail shows so much of the first line of an answer. */
const MAX_SHOWN = 1_024;

/** The collectors of all nodes write what Loki has refused of a tenant, in Promtail's words, at most once a second each. */
export class CollectorLog {
  readonly #journals: PodJournals;
  readonly #collectors: readonly string[];
  readonly #workloads: readonly Workload[];
  readonly #lastMs = new Map<string, number>();

  constructor(journals: PodJournals, collectors: readonly string[], workloads: readonly Workload[]) {
    this.#journals = journals;
    this.#collectors = collectors;
    this.#workloads = workloads;
  }

  refused(push: RefusedPush): void {
    const { tenant, atMs, limits, reason } = push;
    const dice = mix(textSeed(tenant), atMs / 1_000);
    const pod = this.#collectors[dice % Math.max(1, this.#collectors.length)];
    if (pod === undefined || (this.#lastMs.get(pod) ?? 0) >= atMs) return;
    this.#lastMs.set(pod, atMs);
    const status = reason === "blocked_ingestion" ? limits.block_ingestion_status_code : 429;
    const answer = this.#answer(push, dice).split("\n")[0]?.slice(0, MAX_SHOWN) ?? "";
    const why = `server returned HTTP status ${status}${status === 429 ? " Too Many Requests" : ""} (${status}): ${answer}`;
    const retries = status === 429;
    const text = `caller=client.go:${retries ? 419 : 430} component=client host=${LOKI_HOST} msg="${retries ? "error sending batch, will retry" : "final error sending batch"}" status=${status} tenant=${tenant} error=${logfmtValue(why)}`;
    // A success to Promtail is any status of 2xx.
    if (Math.floor(status / 100) !== 2) this.#journals.of(pod).write(atMs, retries ? "warn" : "error", text);
  }

  /** The body that Loki answered with. */
  #answer({ tenant, reason, atMs, lines, bytes, limit, limits }: RefusedPush, dice: number): string {
    const own = this.#workloads.filter((each) => each.tenant === tenant);
    const labels = own[dice % Math.max(1, own.length)]?.source.labels ?? { app: tenant };
    switch (reason) {
      case "rate_limited":
        return ingestionRateExceeded(tenant, limit, lines, bytes);
      case "stream_limit": {
        const trace = new SeededRandom(mix(dice, 3)).hex(32);
        return streamLimitExceeded(goLabelSet({ ...labels, trace_id: trace }), tenant);
      }
      case "per_stream_rate_limit": {
        const labelText = goLabelSet(labels);
        const each = Math.round(bytes / Math.max(1, lines));
        const ignored = Array.from({ length: lines }, (_, index) => ({
          entry: { timestampNs: BigInt(atMs) * 1_000_000n + BigInt(index * 41_003), line: "", metadata: {} },
          reason: streamRateExceeded(labelText, limits, each),
        }));
        return ignoredReport(ignored, tenant, lines, labelText);
      }
      case "blocked_ingestion": {
        const until = goRfc3339Seconds(parseFlagTime(limits.block_ingestion_until) ?? 0);
        return `ingestion blocked for user '${tenant}' until '${until}' with status code '${limits.block_ingestion_status_code}'`;
      }
    }
  }
}
