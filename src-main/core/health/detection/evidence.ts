/**
 * Why an instance is suspected. `gray` evidence makes an instance gray when it lasts; `mild` evidence makes it degraded. The
 * words are the window's (`health.evidence.<kind>`).
 *
 * - `put-slow`, `put-failing`, `put-stalled`: its puts into the object store, against its mates'.
 * - `flush-backlog`: chunks that wait to be flushed, more than its mates' and growing.
 * - `push-starved`: far fewer pushes end on it than on its mates, though the ring sends all the same.
 * - `append-timeouts`: distributors give up on it, and not on its mates.
 * - `push-pileup`: pushes stay on it unanswered.
 * - `slow-all-over`: pushes, puts and its own metrics page all take longer than its mates', none of them alone remarkable:
 *   a process that is not given its CPU.
 * - `answers-slowly`: its metrics page takes many times as long as its mates'.
 */
export const GRAY_EVIDENCE = [
  "put-slow",
  "put-failing",
  "put-stalled",
  "flush-backlog",
  "push-starved",
  "append-timeouts",
  "push-pileup",
  "slow-all-over",
  "answers-slowly",
] as const;
export type GrayEvidenceKind = (typeof GRAY_EVIDENCE)[number];

/** - `no-answer`: scrapes fail while others' succeed. `restarted`: a young process. `not-ready`: `/ready` is not 200. */
export type EvidenceKind = GrayEvidenceKind | "no-answer" | "restarted" | "wal-replay" | "not-ready";

export interface Evidence {
  readonly kind: EvidenceKind;
  /** The metric that shows it, as Loki names it. */
  readonly metric: string;
  readonly unit: "seconds" | "per-second" | "count" | "share";
  readonly own: number;
  /** `null` where no mate was compared with. */
  readonly matesMedian: number | null;
  /** Robust z-score against the mates. */
  readonly score: number | null;
  readonly sinceMs: number;
}

/** Evidence before it is known since when. */
export type Finding = Omit<Evidence, "sinceMs">;
