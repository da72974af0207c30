import { median } from "../ingester-reading.ts";
import { findings, type SafetyRule } from "./safety-rule.ts";
import { onBoard, readingOf, type SafetyView } from "./safety-view.ts";

/** A queue breathes: some hundreds in each wave of flushes are usual, and all ingesters have them in step. */
const QUEUE_ALLOWED = 100;
const QUEUE_TIMES_MATES = 3;
/** Loki's own `max_chunk_age` by default: whoever holds chunks has flushed at least once in that time. */
const LONGEST_WITHOUT_FLUSH_MS = 2 * 3_600_000;
/** Watched for less than this, having seen no flush means nothing: `chunk_idle_period` is half an hour by default. */
const WATCHED_LONG_ENOUGH_MS = 35 * 60_000;

function concerned(view: SafetyView): readonly string[] {
  return view.workload === null ? view.touched : view.leaving;
}

/** Whether what is in memory gets to the object store. */
export const FLUSH_RULES: readonly SafetyRule[] = [
  {
    kind: "wal-replaying",
    weights: {
      "shutdown-ingester": "stops",
      "rolling-restart": "stops",
      scale: "stops",
      "flush-ingester": "doubts",
      "flush-tenant": "doubts",
    },
    look: (view) => {
      const { facts, leaving, workload, touched } = view;
      if (facts.ingesters === null || (workload !== null && leaving.length === 0)) return "silent";
      const replaying = facts.ingesters
        .filter(
          (each) =>
            each.replaying === true ||
            onBoard(view, each.instance)?.evidence.some(({ kind }) => kind === "wal-replay") === true,
        )
        .map(({ instance }) => instance)
        // A flush only cares about whoever it flushes.
        .filter((instance) => leaving.length > 0 || touched.includes(instance));
      if (replaying.length > 0) return replaying.map((instance) => ({ params: { instance } }));
      return facts.ingesters.some((each) => each.answered && each.replaying === null) ? "silent" : "well";
    },
  },
  {
    kind: "store-trouble",
    weights: {
      "flush-ingester": "stops",
      "flush-tenant": "stops",
      "shutdown-ingester": "stops",
      scale: "stops",
      "rolling-restart": "doubts",
      "prepare-shutdown": "notes",
    },
    look: (view) => {
      const { facts, workload, leaving } = view;
      if (facts.board === null || (workload !== null && leaving.length === 0)) return "silent";
      const down = facts.board.causes.some(({ kind }) => kind === "object-store-outage");
      const failing = concerned(view).filter((instance) =>
        onBoard(view, instance)?.evidence.some(({ kind }) => kind === "put-failing" || kind === "put-stalled"),
      );
      return findings(down || failing.length > 0 ? [{ params: { instances: failing.join(", ") } }] : []);
    },
  },
  {
    kind: "flush-behind",
    weights: {
      "shutdown-ingester": "doubts",
      "rolling-restart": "doubts",
      scale: "doubts",
      "flush-ingester": "notes",
      "flush-tenant": "notes",
      "prepare-shutdown": "notes",
    },
    look: (view) => {
      const { facts } = view;
      const queues = concerned(view).map((instance) => ({ instance, queue: readingOf(view, instance)?.queue ?? null }));
      const known = queues.filter(({ queue }) => queue !== null);
      if (known.length === 0) return "silent";
      const behind = known.filter(({ instance, queue }) => {
        const mates = (facts.ingesters ?? []).filter((each) => each.instance !== instance);
        const middle = median(mates.flatMap((each) => (each.queue === null ? [] : [each.queue])));
        return (queue ?? 0) > Math.max(QUEUE_ALLOWED, QUEUE_TIMES_MATES * (middle ?? 0));
      });
      return findings(behind.map(({ instance, queue }) => ({ params: { instance, chunks: Math.round(queue ?? 0) } })));
    },
  },
  {
    kind: "never-flushed",
    weights: {
      "shutdown-ingester": "doubts",
      "rolling-restart": "doubts",
      scale: "doubts",
      "flush-ingester": "notes",
      "flush-tenant": "notes",
      "prepare-shutdown": "notes",
    },
    look: (view) => {
      const { nowMs, lastFlush } = view.facts;
      const known = concerned(view).flatMap((instance) => {
        const last = lastFlush.get(instance);
        const holds = (readingOf(view, instance)?.chunks ?? 0) > 0;
        return last === undefined || !holds ? [] : [{ instance, ...last }];
      });
      if (known.length === 0) return "silent";
      const late = known.filter(({ atMs, sinceMs }) =>
        atMs === null ? nowMs - sinceMs > WATCHED_LONG_ENOUGH_MS : nowMs - atMs > LONGEST_WITHOUT_FLUSH_MS,
      );
      if (late.length === 0) return known.every(({ atMs }) => atMs !== null) ? "well" : "silent";
      return late.map(({ instance, atMs, sinceMs }) => ({
        params: { instance, withinMs: nowMs - (atMs ?? sinceMs) },
      }));
    },
  },
  {
    kind: "all-tenants",
    weights: { "flush-tenant": "notes" },
    look: ({ touched }) => [{ params: { count: touched.length } }],
  },
];
