import { isAppError, AppError } from "../../../../src-shared/errors/app-error.ts";
import type {
  BucketHealth,
  MetricGeneration,
  MetricsAttempt,
  Probe,
} from "../../../../src-shared/model/storage/bucket-health.ts";
import type { Clock } from "../../common/clock.ts";
import { healthFigures } from "./health-figures.ts";
import { MetricBook, type MetricSample } from "./metric-book.ts";
import { isBucketMetric } from "./metric-names.ts";

export interface MinioAnswer {
  readonly status: number;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** One server of a MinIO cluster, or the address in front of all. Who opens it adds the token that metrics may need. */
export interface MinioNode {
  readonly title: string;
  /** Any answer, whatever its status, its body bounded by the port. @throws AppError where there is none */
  get(path: string, signal: AbortSignal): Promise<MinioAnswer>;
}

/** Samples of a Prometheus exposition whose family is wanted. */
export type ReadSamples = (body: Buffer, wanted: (name: string) => boolean) => Iterable<MetricSample>;

export interface MinioParts {
  readonly readSamples: ReadSamples;
  readonly clock: Clock;
}

/** The pages of a generation: those of the whole cluster, asked of one node, and those of each node. */
interface Pages {
  readonly generation: MetricGeneration;
  readonly cluster: (buckets: readonly string[]) => readonly string[];
  readonly node: (buckets: readonly string[]) => readonly string[];
}

/** Version 3 wants the buckets named, and its parent paths serve all that is below. Version 2 tells of all peers at once. */
const V3: Pages = {
  generation: "v3",
  cluster: (buckets) => [
    "/minio/metrics/v3/cluster",
    ...buckets.map((bucket) => `/minio/metrics/v3/cluster/usage/buckets?buckets=${encodeURIComponent(bucket)}`),
  ],
  node: (buckets) => [
    "/minio/metrics/v3/scanner",
    "/minio/metrics/v3/ilm",
    "/minio/metrics/v3/replication",
    ...buckets.map((bucket) => `/minio/metrics/v3/bucket/replication?buckets=${encodeURIComponent(bucket)}`),
  ],
};
const V2: Pages = {
  generation: "v2",
  cluster: () => ["/minio/v2/metrics/cluster", "/minio/v2/metrics/bucket"],
  node: () => [],
};
const V1: Pages = { generation: "v1", cluster: () => [], node: () => ["/minio/prometheus/metrics"] };

/**
 * Reads the health of a MinIO cluster from its health pages and its metrics, of all generations that answer. Nothing here
 * rejects for a page that is not there or does not answer: it is told. @throws AppError `request.cancelled`
 */
export async function readMinio(
  nodes: readonly MinioNode[],
  buckets: readonly string[],
  { readSamples, clock }: MinioParts,
  signal: AbortSignal,
): Promise<BucketHealth> {
  const reader = new MetricsReader(readSamples, signal);
  const [probes] = await Promise.all([readProbes(nodes, signal), reader.readAll(nodes, buckets)]);
  const figures = healthFigures(reader.book, probes.figures);
  const read = reader.attempts.filter(({ outcome }) => outcome === "read");
  return {
    checkedAtMs: clock.nowMs(),
    nodesRead: [...new Set(read.map(({ node }) => node))],
    nodesAsked: nodes.length,
    generations: [...new Set(read.map(({ generation }) => generation))],
    attempts: [...reader.attempts],
    probes: probes.states,
    ...figures,
  };
}

class MetricsReader {
  readonly book = new MetricBook();
  readonly attempts: MetricsAttempt[] = [];
  readonly #readSamples: ReadSamples;
  readonly #signal: AbortSignal;

  constructor(readSamples: ReadSamples, signal: AbortSignal) {
    this.#readSamples = readSamples;
    this.#signal = signal;
  }

  async readAll(nodes: readonly MinioNode[], buckets: readonly string[]): Promise<void> {
    await this.#readGeneration(nodes, V3, buckets);
    await this.#readGeneration(nodes, V2, buckets);
    if (!this.attempts.some(({ outcome }) => outcome === "read")) await this.#readGeneration(nodes, V1, buckets);
  }

  async #readGeneration(nodes: readonly MinioNode[], pages: Pages, buckets: readonly string[]): Promise<void> {
    let told = false;
    for (const node of nodes) {
      const paths = [...(told ? [] : pages.cluster(buckets)), ...pages.node(buckets)];
      for (const path of paths) {
        // oxlint-disable-next-line no-await-in-loop -- what the first page answers decides on the rest
        const outcome = await this.#readPage(node, pages.generation, path);
        if (outcome === "read") told = true;
        else if (!told) break;
      }
    }
  }

  async #readPage(node: MinioNode, generation: MetricGeneration, path: string): Promise<MetricsAttempt["outcome"]> {
    const answer = await ask(node, path, this.#signal);
    const outcome = "code" in answer ? "failed" : outcomeOf(answer);
    if (!("code" in answer) && outcome === "read") {
      this.book.add(generation, this.#readSamples(answer.body, isBucketMetric));
    }
    const { status, code } = "code" in answer ? { status: null, code: answer.code } : { ...answer, code: null };
    this.attempts.push({ node: node.title, generation, path, outcome, status, code });
    return outcome;
  }
}

/** Servers answer a path that they do not know as that of a bucket: old MinIO with 403 `AllAccessDisabled`. */
function outcomeOf({ status, headers, body }: MinioAnswer): MetricsAttempt["outcome"] {
  if (status === 200) {
    return /^(text\/plain|application\/openmetrics-text)\b/i.test(headers["content-type"] ?? "")
      ? "read"
      : "unsupported";
  }
  if (status === 403 && body.subarray(0, 2_000).includes("AllAccessDisabled")) return "unsupported";
  if (status === 401 || status === 403) return "forbidden";
  return [400, 404, 405, 501].includes(status) ? "unsupported" : "failed";
}

const PROBES = {
  live: "/minio/health/live",
  ready: "/minio/health/ready",
  clusterWrite: "/minio/health/cluster",
  clusterRead: "/minio/health/cluster/read",
  maintenance: "/minio/health/cluster?maintenance=true",
} as const;
type ProbeName = keyof typeof PROBES;

async function readProbes(nodes: readonly MinioNode[], signal: AbortSignal) {
  const headers: Readonly<Record<string, string>>[] = [];
  const probe = async (name: ProbeName): Promise<Probe> => {
    const answers = await Promise.all(nodes.map((node) => ask(node, PROBES[name], signal)));
    for (const answer of answers) if (!("code" in answer)) headers.push(answer.headers);
    return worst(answers.map(probeOf));
  };
  const [live, ready, clusterWrite, clusterRead, maintenance] = await Promise.all([
    probe("live"),
    probe("ready"),
    probe("clusterWrite"),
    probe("clusterRead"),
    probe("maintenance"),
  ]);
  const largest = (name: string) => {
    const values = headers.map((fields) => fields[name] ?? "").filter((value) => /^\d{1,6}$/.test(value));
    return values.length === 0 ? null : Math.max(...values.map(Number));
  };
  return {
    states: { live, ready, clusterWrite, clusterRead, maintenance },
    figures: {
      writeQuorum: largest("x-minio-write-quorum"),
      readQuorum: largest("x-minio-read-quorum"),
      healingDrives: largest("x-minio-healing-drives"),
    },
  };
}

/**
 * The health pages want no credentials, so a refusal means that there is no such page. Of a cluster without quorum they say
 * 503, of a node that may not be taken down 412.
 */
function probeOf(answer: MinioAnswer | NoAnswer): Probe {
  if ("code" in answer) return { state: "unknown", status: null };
  const { status } = answer;
  if (status === 200) return { state: "ok", status };
  if (status === 503 || status === 412) return { state: "failing", status };
  return { state: [400, 403, 404, 405, 501].includes(status) ? "unsupported" : "unknown", status };
}

const WORST_FIRST: readonly Probe["state"][] = ["failing", "unknown", "unsupported", "ok"];

function worst(probes: readonly Probe[]): Probe {
  for (const state of WORST_FIRST) {
    const found = probes.find((probe) => probe.state === state);
    if (found !== undefined) return found;
  }
  return { state: "unknown", status: null };
}

interface NoAnswer {
  readonly code: string;
}

async function ask(node: MinioNode, path: string, signal: AbortSignal): Promise<MinioAnswer | NoAnswer> {
  try {
    return await node.get(path, signal);
  } catch (error) {
    if (signal.aborted) throw new AppError("request.cancelled", {}, { cause: error });
    if (!isAppError(error)) throw error;
    return { code: error.code };
  }
}
