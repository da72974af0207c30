import type { RefusalExplanation } from "../../../../src-shared/model/tenants/explanation.ts";
import { limitOf } from "../limits/limit-table.ts";
import { adviceRule, type AdviceKind, type RaiseBy } from "./advice-table.ts";
import { limitText, roundUp } from "./round-up.ts";

export type Advice = RefusalExplanation["advice"][number];

/** What is known of a refusal when it is decided what to do. Numbers are in the limit's unit. */
export interface AdviceFacts {
  readonly reason: string;
  readonly limit: string | null;
  /** The tenant's own value of the limit, of the whole cluster; `null` where it is not known. */
  readonly current: number | null;
  /** The value of the burst that goes with a rate. */
  readonly burst: number | null;
  readonly asked: number | null;
  /** The largest use that was seen lately, what was refused among it. */
  readonly peak: number | null;
  readonly present: number | null;
  /** What the stream that was refused sends a second. */
  readonly streamRate: number | null;
  /** How much older than allowed it was, seconds. */
  readonly lateBy: number | null;
  /** Of the name or value that is too long, bytes. */
  readonly length: number | null;
  /** Whoever sends most, and which part of all that is. */
  readonly sender: { readonly name: string; readonly share: number } | null;
  readonly what: string;
  readonly sharding: boolean | null;
  /** Whether the cluster takes a new value; `null` where nobody knows. */
  readonly fits: (value: number) => boolean | null;
}

/** Room above what was seen. */
const HEADROOM = 1.2;
/** Below this part of the limit the present use is over the trouble. */
const CALM = 0.8;
/** Whoever sends this part of everything is the one to speak to. */
const MOST_OF_IT = 0.5;
const BURSTS: Readonly<Record<string, string>> = {
  ingestion_rate_mb: "ingestion_burst_size_mb",
  per_stream_rate_limit: "per_stream_rate_limit_burst",
};

/** What to do about a refusal, best first. Only what follows from something that is known is named. */
export function advise(facts: AdviceFacts): Advice[] {
  const { kinds, by } = adviceRule(facts.reason);
  const advice = kinds.flatMap((kind) => one(kind, by, facts) ?? []);
  // What can never pass does not by waiting.
  return advice.some(({ kind }) => kind === "raise-burst") ? advice.filter(({ kind }) => kind !== "wait") : advice;
}

function one(kind: AdviceKind, by: RaiseBy | null, facts: AdviceFacts): Advice | null {
  const { limit, sender, what, current, present } = facts;
  const key = limit ?? "";
  switch (kind) {
    case "raise-limit":
      return by === null ? null : raise(key, current, needed(by, facts), by === "on", facts);
    case "raise-burst":
      return raiseBurst(key, facts);
    case "ask-sender":
      if (facts.reason !== "rate_limited") return { kind, params: { key, sender: sender?.name ?? "…" } };
      return sender === null || sender.share < MOST_OF_IT
        ? null
        : { kind, params: { key, sender: sender.name, share: sender.share } };
    case "wait":
      if (facts.reason !== "rate_limited") return { kind, params: { key } };
      return current === null || present === null || present > current * CALM ? null : { kind, params: { key } };
    case "shard-streams":
      return facts.sharding === true ? null : { kind, params: { key: "shard_streams" } };
    case "truncate-lines":
      return { kind, params: { key: "max_line_size_truncate", toText: "true" } };
    case "unblock":
      // What takes a block off in one value; the others are lists and modes that somebody chose.
      return { kind, params: key === "block_ingestion_until" ? { key, what, toText: "0" } : { key, what } };
    case "split-stream":
    case "fewer-labels":
    case "shorten-lines":
    case "fix-clock":
    case "send-sooner":
    case "narrow-query":
    case "shorten-range":
    case "fix-labels":
      return { kind, params: { key, what: what.slice(0, 200) } };
  }
}

/** How large the value has to be at least; `null` where nothing tells. */
function needed(by: RaiseBy, facts: AdviceFacts): number | null {
  switch (by) {
    case "asked":
      return facts.asked;
    case "use":
      return facts.peak === null ? null : facts.peak * HEADROOM;
    case "stream":
      return facts.streamRate === null ? null : facts.streamRate * HEADROOM;
    case "burst":
      return facts.asked === null ? null : facts.asked * HEADROOM;
    case "age":
      return facts.lateBy === null || facts.current === null ? null : (facts.current + facts.lateBy) * HEADROOM;
    case "length":
      return facts.length;
    case "one":
      return facts.current === null ? null : facts.current + 1;
    case "on":
      return 1;
  }
}

function raise(
  key: string,
  current: number | null,
  least: number | null,
  isSwitch: boolean,
  { fits }: AdviceFacts,
): Advice | null {
  const limit = limitOf(key);
  if (limit === null || least === null) return null;
  if (isSwitch) {
    return { kind: "raise-limit", params: { key, from: current ?? "", to: 1, toText: "true", capacity: "fits" } };
  }
  const to = roundUp(limit, least);
  // What was seen fits into the limit already: a larger one would not have helped.
  if (current !== null && to <= current) return null;
  const room = fits(to);
  const capacity = room === null ? "unknown" : room ? "fits" : "over";
  return { kind: "raise-limit", params: { key, from: current ?? "", to, toText: limitText(limit, to), capacity } };
}

/** One request that is larger than the burst never passes, however long its sender waits. */
function raiseBurst(key: string, { asked, burst }: AdviceFacts): Advice | null {
  const name = BURSTS[key];
  const limit = name === undefined ? null : limitOf(name);
  if (limit === null || asked === null || burst === null || asked <= burst) return null;
  const to = roundUp(limit, asked * HEADROOM);
  return { kind: "raise-burst", params: { key: limit.key, from: burst, to, toText: limitText(limit, to) } };
}
