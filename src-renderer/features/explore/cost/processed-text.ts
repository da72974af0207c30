import type { ReadStats } from "../../../../src-shared/model/log-query.ts";
import type { Formats } from "../../../hooks/formats.ts";
import type { Translate } from "../../../hooks/use-translate.ts";

/** What a read has cost: bytes, and the time where the source tells it. */
export function processedText(stats: ReadStats, t: Translate, formats: Formats): string {
  const bytes = formats.bytes(stats.bytesProcessed);
  return stats.execMs > 0
    ? t("explore.result.processed", { bytes, time: formats.duration(stats.execMs) })
    : t("explore.result.processedBytes", { bytes });
}
