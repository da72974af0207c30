import type { LabelSet } from "../../../src-shared/model/labels.ts";
import { mix, SeededRandom } from "./seeded-random.ts";
import type { LineMoment, TrafficSource, WrittenLine } from "./traffic-source.ts";

const REGIONS = ["eu-central", "eu-west", "ap-east"] as const;

/** The edge proxy's access log: JSON whose `region`, `method` and `tls` take few values. */
export function writeEdgeProxy({ random, atMs }: LineMoment): WrittenLine {
  const status = random.chance(0.02) ? 502 : random.pick([200, 200, 200, 204, 304, 404]);
  const level = status === 502 ? "error" : status === 404 ? "warn" : "info";
  const line = JSON.stringify({
    level,
    ts: new Date(atMs).toISOString(),
    region: random.pick(REGIONS),
    method: random.pick(["GET", "GET", "GET", "POST", "PUT"]),
    status,
    tls: random.pick(["1.2", "1.3", "1.3"]),
    bytes: random.int(200, 90_000),
    took_ms: random.latencyMs(24),
  });
  return { line, level };
}

/** Streams of the proxy whose collector makes labels of what should be none: an address, a path with numbers, an id. */
export function mislabelledSources(base: LabelSet, seed: number, count: number): TrafficSource[] {
  return Array.from({ length: count }, (_, index) => {
    const random = new SeededRandom(mix(seed, index, 81));
    const labels = {
      ...base,
      client_ip: `10.${random.int(20, 60)}.${random.int(0, 255)}.${random.int(1, 254)}`,
      path: `/accounts/${random.int(100_000, 999_999)}/statements`,
      correlation_id: random.hex(32),
    };
    return { labels, linesPerSecond: 0.02, write: writeEdgeProxy };
  });
}
