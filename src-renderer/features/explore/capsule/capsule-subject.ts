import type { ExploreSnapshot } from "../session/explore-session.ts";
import type { TrayEntry } from "./capsule-tray.ts";

/**
 * The query that is shown, as a capsule asks it again. A tail becomes the range of the lines it has brought; `null` where
 * there is no query of lines, or no line yet.
 */
export function capsuleSubject({ plan, live, view }: ExploreSnapshot): TrayEntry["query"] | null {
  if (plan === null || plan.kind === "metric") return null;
  const { target, query, range, direction, limit } = plan;
  if (!live) return { target, query, range, direction, limit };
  const { firstNs, lastNs } = view?.snapshot.state ?? {};
  if (firstNs === undefined || lastNs === undefined) return null;
  const [a, b] = [BigInt(firstNs), BigInt(lastNs)];
  const [startNs, endNs] = a < b ? [a, b] : [b, a];
  return {
    target,
    query,
    range: { startNs: String(startNs), endNs: String(endNs + 1n) },
    direction: "forward",
    limit: null,
  };
}
