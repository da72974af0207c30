import { useMemo } from "react";
import { formatNanoUtc } from "../../../../src-shared/model/nano-time.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { markerText } from "./marker-text.ts";
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
