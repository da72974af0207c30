import { useEffect, useRef } from "react";
import type { Topology } from "../../../../src-shared/model/health/topology.ts";
import { useAsked, type Asked } from "../../../hooks/use-asked.ts";

/** The arrows of a site, asked once for each round of its board. */
export function useRoundTopology(site: string, roundAtMs: number | null): Asked<Topology> {
  const asked = useAsked("health", "topology", { site });
  const { ask } = asked;
  const askedFor = useRef(roundAtMs);
  useEffect(() => {
    if (askedFor.current === roundAtMs) return;
    askedFor.current = roundAtMs;
    ask();
  }, [roundAtMs, ask]);
  return asked;
}
