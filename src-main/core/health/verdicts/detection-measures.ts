import type { EvidenceKind, EvidenceUnit } from "../../../../src-shared/model/health/verdict.ts";
import { WINDOW_MS } from "../detection/reading-window.ts";
import { SCRAPE_SECONDS, UP } from "../history/series-history.ts";
import type { Measure } from "./measure.ts";
import type { Selector } from "./series-book.ts";
import type { Labels } from "./tracked-keys.ts";

/** A figure that is drawn over time. */
export interface DrawnFigure {
  readonly unit: EvidenceUnit;
  readonly measure: Measure;
}

const isPut = ({ operation, status_code: status }: Labels) =>
  (operation === "S3.PutObject" || operation === "upload") && status !== "cancel";
const isPush = ({ route }: Labels) => route === "/logproto.Pusher/Push";

const PUTS = "loki_s3_request_duration_seconds";
const THANOS_PUTS = "loki_objstore_bucket_operation_duration_seconds";
const PUSHES = "loki_request_duration_seconds";

const mean = (series: Selector): DrawnFigure => ({
  unit: "seconds",
  measure: { of: "mean", series, windowMs: WINDOW_MS, least: 1 },
});
const rate = (series: Selector): DrawnFigure => ({
  unit: "per-second",
  measure: { of: "rate", series, windowMs: WINDOW_MS },
});
const level = (family: string, where: (labels: Labels) => boolean = () => true): DrawnFigure => ({
  unit: "count",
  measure: { of: "level", series: { families: [family], where }, combine: "sum" },
});

const PUT_MEAN = mean({ families: [PUTS, THANOS_PUTS], where: isPut });
const PUSH_MEAN = mean({ families: [PUSHES], where: isPush });
const ANSWER: DrawnFigure = { ...level(SCRAPE_SECONDS), unit: "seconds" };

/** What detection compares, as figures over time: with the window and the series that it reads (`detection/reading.ts`). */
export const DETECTION_MEASURES: Partial<Readonly<Record<EvidenceKind, DrawnFigure>>> = {
  "put-slow": PUT_MEAN,
  "put-failing": {
    unit: "share",
    measure: {
      of: "share",
      part: {
        families: [`${PUTS}_count`, "loki_objstore_bucket_operation_failures_total"],
        where: (labels) => isPut(labels) && !(labels["status_code"] ?? "").startsWith("2"),
      },
      whole: { families: [`${PUTS}_count`, `${THANOS_PUTS}_count`], where: isPut },
      windowMs: WINDOW_MS,
      least: 1,
    },
  },
  "put-stalled": rate({ families: [`${PUTS}_count`, `${THANOS_PUTS}_count`], where: isPut }),
  "flush-backlog": level("loki_ingester_flush_queue_length"),
  "push-starved": rate({ families: [`${PUSHES}_count`], where: isPush }),
  "push-pileup": level("loki_inflight_requests", ({ route = "" }) => isPush({ route }) || route.endsWith("_push")),
  "slow-all-over": PUSH_MEAN,
  "answers-slowly": ANSWER,
  "past-slower": PUSH_MEAN,
  "no-answer": level(UP),
  "wal-replay": level("loki_ingester_wal_replay_active"),
  "memberlist-sick": level("loki_memberlist_client_cluster_members_count"),
  "ring-members-unhealthy": level("loki_ring_members", ({ state }) => state === "Unhealthy"),
  "ring-too-few": level("loki_ring_members", ({ name, state }) => name === "ingester" && state === "ACTIVE"),
};

/** `past-slower` says which figure it is of. */
export const PAST_FIGURES: Readonly<Record<string, DrawnFigure>> = { put: PUT_MEAN, push: PUSH_MEAN, answer: ANSWER };
