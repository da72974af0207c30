import type { Finding } from "./evidence.ts";
import { median, peerDeviation, type PeerDeviation } from "./peer-deviation.ts";
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

/** Natural spread between healthy mates, in ln, of a 30 s window; measured on recordings of healthy clusters. */
const NOISE = { put: 0.12, push: 0.12, scrape: 0.35, rate: 0.08 } as const;

/** A process younger than this is still catching up: its queue and its rates are not its mates'. */
const YOUNG_SECONDS = 60;
const CATCHING_UP_SECONDS = 180;
const MIN_PUTS = 3;

/**
 * What speaks against one instance in this round, compared with its ring mates. Thresholds ask for two things at once: a
 * difference that its mates' spread does not explain (score), and one that matters (ratio and absolute size).
 */
export function instanceFindings(
  self: InstanceWindow,
  mates: readonly InstanceWindow[],
  options: FindingOptions,
): readonly Finding[] {
  const grown = mates.filter(({ upSeconds }) => upSeconds === null || upSeconds >= YOUNG_SECONDS);
  const young = self.upSeconds !== null && self.upSeconds < YOUNG_SECONDS;
  if (grown.length === 0 || young) return [];
  const strictness = options.unusualLoad ? 2 : 1;
  return [
    ...(options.storeTrouble ? [] : storeFindings(self, grown, strictness)),
    ...pushFindings(self, grown, strictness),
    ...slownessFindings(self, grown, strictness, options.storeTrouble),
  ];
}

type Pick = (rates: WindowRates) => number | null;

function present(windows: readonly InstanceWindow[], pick: Pick): number[] {
  return windows.flatMap(({ rates }) => pick(rates) ?? []);
}

function deviation(
  self: InstanceWindow,
  mates: readonly InstanceWindow[],
  pick: Pick,
  scale: { readonly floor: number; readonly noise: number },
): PeerDeviation | null {
  const own = pick(self.rates);
  return own === null ? null : peerDeviation(own, present(mates, pick), scale);
}

function finding(
  kind: Finding["kind"],
  metric: string,
  unit: Finding["unit"],
  {
    own,
    matesMedian,
    spread,
    score,
  }: Omit<PeerDeviation, "ratio" | "score" | "spread"> & {
    readonly spread: number | null;
    readonly score: number | null;
  },
): Finding {
  return { kind, metric, unit, own, matesMedian, spread, score, params: {} };
}

const PUT_METRIC = 'loki_s3_request_duration_seconds{operation="S3.PutObject"}';
const PUSH_METRIC = 'loki_request_duration_seconds{route="/logproto.Pusher/Push"}';

function storeFindings(self: InstanceWindow, mates: readonly InstanceWindow[], strictness: number): Finding[] {
  const found: Finding[] = [];
  const { rates } = self;
  const enough = (window: InstanceWindow) => window.rates.puts >= MIN_PUTS;
  const busy = mates.filter(enough);
  const put = deviation(self, busy, ({ putMeanSeconds }) => putMeanSeconds, { floor: 0.005, noise: NOISE.put });
  if (
    put !== null &&
    enough(self) &&
    put.ratio >= 3 * strictness &&
    put.score >= 6 &&
    put.own - put.matesMedian >= 0.05
  ) {
    found.push(finding("put-slow", PUT_METRIC, "seconds", put));
  }
  const share = (window: InstanceWindow) => window.rates.putFailures / Math.max(1, window.rates.puts);
  const matesShare = median(mates.map(share));
  if (rates.putFailures >= 2 && share(self) >= 0.1 && matesShare < 0.02) {
    found.push(
      finding("put-failing", PUT_METRIC, "share", {
        own: share(self),
        matesMedian: matesShare,
        spread: null,
        score: null,
      }),
    );
  }
  const queue = deviation(self, mates, ({ flushQueue }) => flushQueue, { floor: 20, noise: 0.5 });
  const growing = rates.flushQueueGrowth > 0;
  if (rates.puts === 0 && busy.length === mates.length && growing && (queue?.ratio ?? 0) >= 1.5) {
    const own = {
      own: 0,
      matesMedian: median(busy.map((mate) => mate.rates.puts / mate.rates.seconds)),
      spread: null,
      score: null,
    };
    found.push(finding("put-stalled", PUT_METRIC, "per-second", own));
  }
  const settled = self.upSeconds === null || self.upSeconds >= CATCHING_UP_SECONDS;
  const tall = Math.max(...present(mates, ({ flushQueue }) => flushQueue), 0);
  if (queue !== null && settled && growing && queue.own >= 200 && queue.own >= 3 * strictness * (tall + 20)) {
    found.push(finding("flush-backlog", "loki_ingester_flush_queue_length", "count", queue));
  }
  return found;
}

function pushFindings(self: InstanceWindow, mates: readonly InstanceWindow[], strictness: number): Finding[] {
  const found: Finding[] = [];
  // One that leaves or joins is not sent what its mates are.
  if (self.ringState !== null && self.ringState !== "ACTIVE") return found;
  const rate = deviation(self, mates, ({ pushRate }) => pushRate, { floor: 0.05, noise: NOISE.rate });
  if (rate !== null && rate.matesMedian >= 0.5 && rate.ratio <= 0.65 / strictness && rate.score <= -4) {
    found.push(finding("push-starved", `${PUSH_METRIC}_count`, "per-second", rate));
  }
  const { appendTimeouts } = self;
  if (appendTimeouts !== null) {
    const theirs = mates.flatMap((mate) => mate.appendTimeouts ?? []);
    const timeouts = peerDeviation(appendTimeouts, theirs, { floor: 0.02, noise: 0.5 });
    if (timeouts !== null && appendTimeouts >= 0.1 * strictness && timeouts.ratio >= 4) {
      const metric = "loki_distributor_ingester_append_timeouts_total";
      found.push(finding("append-timeouts", metric, "per-second", timeouts));
    }
  }
  const inFlight = deviation(self, mates, ({ pushesInFlight }) => pushesInFlight, { floor: 1, noise: 0.4 });
  if (inFlight !== null && inFlight.own >= inFlight.matesMedian + 4 * strictness && inFlight.ratio >= 4) {
    found.push(finding("push-pileup", 'loki_inflight_requests{route="/logproto.Pusher/Push"}', "count", inFlight));
  }
  return found;
}

/** ln of the ratio from which on all kinds of requests together count as slow: a third longer, each of them. */
const SLOW_EACH = Math.log(1.33);
const SLOW_TOGETHER = 1;

function slownessFindings(
  self: InstanceWindow,
  mates: readonly InstanceWindow[],
  strictness: number,
  storeTrouble: boolean,
): Finding[] {
  const scrape = deviation(self, mates, ({ scrapeSeconds }) => scrapeSeconds, { floor: 0.005, noise: NOISE.scrape });
  const push = deviation(self, mates, ({ pushMeanSeconds }) => pushMeanSeconds, { floor: 0.0002, noise: NOISE.push });
  const put = deviation(self, mates, ({ putMeanSeconds }) => putMeanSeconds, { floor: 0.001, noise: NOISE.put });
  const found: Finding[] = [];
  if (scrape !== null && scrape.own >= 1 && scrape.ratio >= 5) {
    found.push(finding("answers-slowly", "scrape duration", "seconds", scrape));
  }
  if (push === null || put === null || scrape === null || storeTrouble || self.rates.puts < MIN_PUTS) return found;
  const logs = [push, put].map(({ ratio }) => Math.log(ratio));
  const together = logs.reduce((sum, log) => sum + log, 0) + Math.max(0, Math.log(scrape.ratio));
  if (logs.every((log) => log >= SLOW_EACH) && together >= SLOW_TOGETHER * strictness) {
    found.push(finding("slow-all-over", PUSH_METRIC, "seconds", { ...push, score: together / NOISE.push }));
  }
  return found;
}
