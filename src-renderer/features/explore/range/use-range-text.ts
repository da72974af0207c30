import { useCallback } from "react";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import type { RangeChoice } from "../../../hooks/workspace-store.ts";

const DAY_NS = 86_400_000_000_000n;

/** A range in few words: `Last 15m`, or its two instants with as many digits as they need. */
export function useRangeText(): (range: RangeChoice) => string {
  const t = useTranslate();
  const formats = useFormats();
  return useCallback(
    (range) => {
      if (range.kind === "relative")
        return t("explore.range.last", { duration: formats.duration(range.lastSeconds * 1_000) });
      const start = BigInt(range.startNs);
      const end = BigInt(range.endNs);
      const fraction = digitsNeeded(start, end);
      const startText = formats.timestamp(start, { fraction });
      const endText = formats.timestamp(end, { fraction });
      const sameDay = end - start < DAY_NS && startText.slice(0, 10) === endText.slice(0, 10);
      return `${startText} – ${sameDay ? endText.slice(11) : endText}`;
    },
    [t, formats],
  );
}

function digitsNeeded(...instants: readonly bigint[]): 0 | 3 | 6 | 9 {
  if (instants.every((ns) => ns % 1_000_000_000n === 0n)) return 0;
  if (instants.every((ns) => ns % 1_000_000n === 0n)) return 3;
  return instants.every((ns) => ns % 1_000n === 0n) ? 6 : 9;
}
