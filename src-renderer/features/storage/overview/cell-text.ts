import type { BucketDay } from "../../../../src-shared/model/storage/scan.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import type { Formats } from "../../../hooks/formats.ts";
import type { Translate } from "../../../hooks/use-translate.ts";
import { verifiedShare } from "./heat-map-model.ts";

/** What a cell holds, part by part, with its exact values. */
export function cellParts(cell: BucketDay | null, t: Translate, formats: Formats): readonly string[] {
  if (cell === null) return [t("storage.heat.nothing")];
  const share = verifiedShare(cell);
  const counted = (key: "damaged" | "missing" | "orphans"): string | null =>
    cell[key] === 0 ? null : t(`storage.heat.${key}`, { count: cell[key], number: formats.number(cell[key]) });
  return [
    t("storage.heat.chunks", { count: cell.chunks, number: formats.number(cell.chunks) }),
    `${formats.bytes(cell.bytes)} (${formats.bytesExact(cell.bytes)})`,
    share === null ? null : t("storage.heat.verified", { share: formats.percent(share) }),
    counted("damaged"),
    counted("missing"),
    counted("orphans"),
    cell.indexMissing ? t("storage.heat.indexMissing") : null,
  ].filter((part) => part !== null);
}

export function cellText(tenant: string, day: string, cell: BucketDay | null, t: Translate, formats: Formats): string {
  const worst = cell === null || cell.worst === null ? [] : [t(`storage.severity.${cell.worst}`)];
  return [withVisibleCharacters(tenant), day, ...worst, ...cellParts(cell, t, formats)].join(" · ");
}
