import type { RingMemberView, RingName, RingView } from "../../../../src-shared/model/health/ring.ts";
import type { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { RingPage } from "./read-ring-page.ts";
import { tokenOwnership } from "./token-ownership.ts";

/** What is known of one ring from one page; members in the order of their names. `replicationFactor` is that of ingesters. */
export function ringView(ring: RingName, from: string, page: RingPage, replicationFactor: number | null): RingView {
  const ownership = tokenOwnership(page.members);
  const members = page.members
    .map(({ tokens, ...member }, index): RingMemberView => ({
      ...member,
      tokens: tokens.length,
      ownership: ownership[index] ?? 0,
    }))
    .toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  return {
    ring,
    from,
    error: null,
    nowMs: page.nowMs,
    members,
    zones: zonesOf(members),
    replicationFactor: ring === "ingester" ? replicationFactor : null,
  };
}

/** A ring of which nobody told. */
export function untoldRing(ring: RingName, error: AppError): RingView {
  return {
    ring,
    from: null,
    error: error.toWire(),
    nowMs: null,
    members: [],
    zones: [],
    replicationFactor: null,
  };
}

function zonesOf(members: readonly RingMemberView[]): RingView["zones"] {
  const zones = new Map<string, RingView["zones"][number]>();
  for (const { zone, state, ownership } of members) {
    const known = zones.get(zone) ?? { zone, members: 0, active: 0, ownership: 0 };
    zones.set(zone, {
      zone,
      members: known.members + 1,
      active: known.active + (state === "ACTIVE" ? 1 : 0),
      ownership: known.ownership + ownership,
    });
  }
  return [...zones.values()].toSorted((a, b) => (a.zone < b.zone ? -1 : a.zone > b.zone ? 1 : 0));
}
