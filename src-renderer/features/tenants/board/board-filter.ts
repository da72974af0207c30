import type { TenantRow } from "../../../../src-shared/model/tenants/board.ts";
import { NEAR_SHARE } from "../gauge/limit-text.ts";

export const BOARD_KINDS = ["all", "near", "refused", "overrides", "expiring"] as const;
export type BoardKind = (typeof BOARD_KINDS)[number];

export interface BoardFilter {
  readonly text: string;
  readonly kind: BoardKind;
}

export const NO_FILTER: BoardFilter = { text: "", kind: "all" };

export function isFiltering({ text, kind }: BoardFilter): boolean {
  return text.trim() !== "" || kind !== "all";
}

export function isNear({ nearest }: TenantRow): boolean {
  return nearest !== null && nearest.share !== null && nearest.share >= NEAR_SHARE;
}

export function isRefused({ discards }: TenantRow): boolean {
  return discards.some(({ linesPerSecond }) => linesPerSecond > 0);
}

function isOfKind(row: TenantRow, kind: BoardKind): boolean {
  switch (kind) {
    case "all":
      return true;
    case "near":
      return isNear(row);
    case "refused":
      return isRefused(row);
    case "overrides":
      return row.overrides > 0;
    case "expiring":
      return row.expiring > 0 || row.overdue > 0;
  }
}

/** By tenant, by a limit that has a gauge, and by a reason of refusals. Every word must be found. */
export function matchesFilter(row: TenantRow, { text, kind }: BoardFilter): boolean {
  if (!isOfKind(row, kind)) return false;
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length === 0) return true;
  const all = [row.tenant, ...row.gauges.map(({ key }) => key), ...row.discards.map(({ reason }) => reason)]
    .join("\n")
    .toLowerCase();
  return words.every((word) => all.includes(word));
}
