import { useMemo } from "react";
import { formatLabelSet } from "../../../../src-shared/model/labels.ts";
import type { RowMarker } from "../../../../src-shared/model/log-row.ts";
import { formatNanoUtc } from "../../../../src-shared/model/nano-time.ts";
import type { Formats } from "../../../hooks/formats.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate, type Translate } from "../../../hooks/use-translate.ts";
import { withVisibleCharacters } from "./control-characters.ts";
import type { RowWords } from "./row-words.ts";

/** The list's words in the language and zone of the moment; one object until either changes. */
export function useRowWords(): RowWords {
  const t = useTranslate();
  const formats = useFormats();
  return useMemo(
    () => ({
      time: (timestampNs, withDay) => formats.timestamp(timestampNs, { date: withDay }),
      exactTime: (timestampNs) =>
        `${formatNanoUtc(BigInt(timestampNs))}\n${formats.timestamp(timestampNs)} ${formats.zone(
          Number(BigInt(timestampNs) / 1_000_000n),
        )}\n${timestampNs}`,
      bytes: (value) => formats.bytes(value),
      marker: (marker) => markerText(marker, t, formats),
      cut: (lineBytes) => `… ${formats.bytes(lineBytes)}`,
      loading: t("explore.list.loading"),
    }),
    [t, formats],
  );
}

function markerText(marker: RowMarker, t: Translate, formats: Formats): string {
  switch (marker.kind) {
    case "gap":
      return t("explore.marker.gap", {
        from: formats.timestamp(marker.startNs),
        to: formats.timestamp(marker.endNs),
        cause: withVisibleCharacters(marker.cause),
      });
    case "backfilled":
      return t("explore.marker.backfilled", {
        count: marker.entries,
        entries: formats.number(marker.entries),
        from: formats.timestamp(marker.startNs),
        to: formats.timestamp(marker.endNs),
        cause: withVisibleCharacters(marker.cause),
      });
    case "dropped":
      return t("explore.marker.dropped", {
        count: marker.entries,
        entries: formats.number(marker.entries),
        streams: withVisibleCharacters(marker.streams.slice(0, 3).map(formatLabelSet).join(" ")),
      });
    case "closed":
      return t("explore.marker.closed", { reason: withVisibleCharacters(marker.reason) });
    case "reconnected":
      return t("explore.marker.reconnected");
  }
}
