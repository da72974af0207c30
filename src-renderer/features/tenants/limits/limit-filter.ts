import type { TenantLimit } from "../../../../src-shared/model/tenants/board.ts";
import type { Translate } from "../../../hooks/use-translate.ts";
import { NEAR_SHARE } from "../gauge/limit-text.ts";

export const LIMIT_AREAS = ["ingestion", "query", "retention", "rules", "others"] as const;

export interface LimitFilter {
  readonly text: string;
  readonly area: TenantLimit["area"] | "all";
  readonly show: "all" | "overrides" | "near";
}

export const NO_LIMIT_FILTER: LimitFilter = { text: "", area: "all", show: "all" };

/** What a limit means, in a sentence or two; empty for one that this console does not know. */
export function meaningOf(key: string, t: Translate): string {
  return t.dynamic(`limits.meaning.${key}`, {}, "");
}

function isShown({ source, gauge, disagrees, expiry }: TenantLimit, show: LimitFilter["show"]): boolean {
  switch (show) {
    case "all":
      return true;
    case "overrides":
      return source === "override" || expiry !== null;
    case "near":
      return (gauge !== null && gauge.share !== null && gauge.share >= NEAR_SHARE) || disagrees !== null;
  }
}

/** By key, by what it means, by its value, and by what it refuses. Every word must be found. */
export function matchesLimit(limit: TenantLimit, { text, area, show }: LimitFilter, t: Translate): boolean {
  if (area !== "all" && limit.area !== area) return false;
  if (!isShown(limit, show)) return false;
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length === 0) return true;
  const all = [limit.key, meaningOf(limit.key, t), limit.value ?? "", limit.discardReason ?? ""]
    .join("\n")
    .toLowerCase();
  return words.every((word) => all.includes(word));
}
