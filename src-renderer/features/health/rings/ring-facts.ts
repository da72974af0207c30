import type { RingMemberView, RingView } from "../../../../src-shared/model/health/ring.ts";
import type { StatusTone } from "../../../components/status-shape.tsx";

const STATE_TONES: Readonly<Record<string, StatusTone>> = {
  ACTIVE: "good",
  JOINING: "working",
  PENDING: "working",
  LEAVING: "warning",
  LEFT: "doubt",
  UNHEALTHY: "bad",
};

/** Loki's own words for states; one that is not known here is no good news. */
export function stateTone(state: string): StatusTone {
  return STATE_TONES[state] ?? "doubt";
}

/** Worst first: the order of the members. */
const STATE_ORDER = ["UNHEALTHY", "LEFT", "LEAVING", "PENDING", "JOINING"];

function rankOf({ state }: RingMemberView): number {
  const rank = STATE_ORDER.indexOf(state);
  if (rank >= 0) return rank;
  return state === "ACTIVE" ? STATE_ORDER.length + 1 : STATE_ORDER.length;
}

/** Those with trouble first, then by name. */
export function compareMembers(a: RingMemberView, b: RingMemberView): number {
  const byState = rankOf(a) - rankOf(b);
  if (byState !== 0) return byState;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** By the teller's clock, milliseconds; `null` where the page does not say one of them. A clock may step: never negative. */
export function heartbeatAgeMs({ heartbeatMs }: RingMemberView, nowMs: number | null): number | null {
  return heartbeatMs === null || nowMs === null ? null : Math.max(0, nowMs - heartbeatMs);
}

/** What each would own were the circle cut evenly: only members with tokens own anything. */
export function fairShare(members: readonly RingMemberView[]): number | null {
  const owners = members.filter(({ tokens }) => tokens > 0).length;
  return owners === 0 ? null : 1 / owners;
}

export function troubled(members: readonly RingMemberView[]): number {
  return members.filter(({ state }) => state !== "ACTIVE").length;
}

/** What the list says of a ring in one shape. */
export function ringTone({ error, members }: RingView): StatusTone {
  if (error !== null) return "doubt";
  if (members.length === 0) return "idle";
  if (members.some(({ state }) => state === "UNHEALTHY")) return "bad";
  return troubled(members) === 0 ? "good" : "warning";
}
