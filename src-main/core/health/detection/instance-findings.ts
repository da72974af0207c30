import type { Finding } from "./evidence.ts";
import type { PeerDeviation } from "./peer-deviation.ts";
import { YOUNG_SECONDS, type PeerGroup } from "./peer-group.ts";
import type { WindowRates } from "./reading-window.ts";

/** What is known of an instance in this round, next to its rates. */
export interface InstanceWindow {
  readonly instance: string;
  readonly rates: WindowRates;
  /** Seconds since its process began; `null` when it does not say. */
  readonly upSeconds: number | null;
  /** Its state in the ring; `null` when it has none. */
  readonly ringState: string | null;
  /** Appends that distributors gave up on, a second; `null` when no distributor was read. */
  readonly appendTimeouts: number | null;
}

export interface FindingOptions {
  /** The object store as a whole is or was just in trouble: nobody's puts or queue say anything of him. */
  readonly storeTrouble: boolean;
  /** The load as a whole is unusual: ask for twice the difference. */
  readonly unusualLoad: boolean;
}

/** A process younger than this is still emptying the queue of what it replayed. */
const CATCHING_UP_SECONDS = 180;

/**
 * What speaks against one instance in this round, compared with its ring mates. Thresholds ask for two things at once: a
 * difference that its mates' spread does not explain (score), and one that matters (ratio and absolute size).
 */
export function instanceFindings(self: InstanceWindow, mates: PeerGroup, options: FindingOptions): readonly Finding[] {
  const young = self.upSeconds !== null && self.upSeconds < YOUNG_SECONDS;
  if (mates.matesOf(self) === 0 || young) return [];
  const strictness = options.unusualLoad ? 2 : 1;
  return [
    ...(options.storeTrouble ? [] : storeFindings(self, mates, strictness)),
    ...pushFindings(self, mates, strictness),
    ...slownessFindings(self, mates, strictness, options.storeTrouble),
  ];
}

type Compared = Omit<PeerDeviation, "ratio" | "score" | "spread"> & {
  readonly spread: number | null;
  readonly score: number | null;
};

function finding(
  kind: Finding["kind"],
  metric: string,
  unit: Finding["unit"],
  { own, matesMedian, spread, score }: Compared,
): Finding {
  return { kind, metric, unit, own, matesMedian, spread, score, params: {} };
}

const PUT_METRIC = 'loki_s3_request_duration_seconds{operation="S3.PutObject"}';
const PUSH_METRIC = 'loki_request_duration_seconds{route="/logproto.Pusher/Push"}';

function storeFindings(self: InstanceWindow, mates: PeerGroup, strictness: number): Finding[] {
  const found: Finding[] = [];
  const { rates } = self;
  const put = mates.deviation(self, "put");
  if (put !== null && put.ratio >= 3 * strictness && put.score >= 6 && put.own - put.matesMedian >= 0.05) {
    found.push(finding("put-slow", PUT_METRIC, "seconds", put));
  }
  const failures = mates.deviation(self, "putFailures");
  if (failures !== null && rates.putFailures >= 2 && failures.own >= 0.1 && failures.matesMedian < 0.02) {
    found.push(finding("put-failing", PUT_METRIC, "share", failures));
  }
  const queue = mates.deviation(self, "flushQueue");
  const growing = rates.flushQueueGrowth > 0;
  const allPut = mates.telling(self, "put") === mates.matesOf(self);
  if (rates.puts === 0 && allPut && growing && (queue?.ratio ?? 0) >= 1.5) {
    const matesMedian = mates.medianFor(self, "putRate") ?? 0;
    const stalled = { own: 0, matesMedian, spread: null, score: null };
    found.push(finding("put-stalled", PUT_METRIC, "per-second", stalled));
  }
  const settled = self.upSeconds === null || self.upSeconds >= CATCHING_UP_SECONDS;
  const tall = mates.longestQueue(self);
  if (queue !== null && settled && growing && queue.own >= 200 && queue.own >= 3 * strictness * (tall + 20)) {
    found.push(finding("flush-backlog", "loki_ingester_flush_queue_length", "count", queue));
  }
  return found;
}

function pushFindings(self: InstanceWindow, mates: PeerGroup, strictness: number): Finding[] {
  const found: Finding[] = [];
  // One that leaves or joins is not sent what its mates are.
  if (self.ringState !== null && self.ringState !== "ACTIVE") return found;
  const rate = mates.deviation(self, "pushRate");
  if (rate !== null && rate.matesMedian >= 0.5 && rate.ratio <= 0.65 / strictness && rate.score <= -4) {
    found.push(finding("push-starved", `${PUSH_METRIC}_count`, "per-second", rate));
  }
  const timeouts = mates.deviation(self, "appendTimeouts");
  if (timeouts !== null && timeouts.own >= 0.1 * strictness && timeouts.ratio >= 4) {
    found.push(finding("append-timeouts", "loki_distributor_ingester_append_timeouts_total", "per-second", timeouts));
  }
  const inFlight = mates.deviation(self, "pushesInFlight");
  if (inFlight !== null && inFlight.own >= inFlight.matesMedian + 4 * strictness && inFlight.ratio >= 4) {
    found.push(finding("push-pileup", 'loki_inflight_requests{route="/logproto.Pusher/Push"}', "count", inFlight));
  }
  return found;
}

/** ln of the ratio from which on all kinds of requests together count as slow: a third longer, each of them. */
const SLOW_EACH = Math.log(1.33);
const SLOW_TOGETHER = 1;
const PUSH_NOISE = 0.12;
const MIN_PUTS = 3;

function slownessFindings(
  self: InstanceWindow,
  mates: PeerGroup,
  strictness: number,
  storeTrouble: boolean,
): Finding[] {
  const scrape = mates.deviation(self, "scrape");
  const push = mates.deviation(self, "push");
  const put = mates.deviation(self, "anyPut");
  const found: Finding[] = [];
  if (scrape !== null && scrape.own >= 1 && scrape.ratio >= 5 * strictness) {
    found.push(finding("answers-slowly", "scrape_duration_seconds", "seconds", scrape));
  }
  if (push === null || put === null || scrape === null || storeTrouble || self.rates.puts < MIN_PUTS) return found;
  const logs = [push, put].map(({ ratio }) => Math.log(ratio));
  const together = logs.reduce((sum, log) => sum + log, 0) + Math.max(0, Math.log(scrape.ratio));
  if (logs.every((log) => log >= SLOW_EACH) && together >= SLOW_TOGETHER * strictness) {
    found.push(finding("slow-all-over", PUSH_METRIC, "seconds", { ...push, score: together / PUSH_NOISE }));
  }
  return found;
}
