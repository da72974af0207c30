import type { ReactElement } from "react";
import { useFormats } from "../../../hooks/use-formats.ts";
import { timeTicks } from "./time-ticks.ts";
import styles from "./volume.module.css";

/** Round instants under the bars, in the shown zone. */
export function VolumeAxis({ startNs, endNs }: { readonly startNs: bigint; readonly endNs: bigint }): ReactElement {
  const formats = useFormats();
  const { ticksNs, stepNs } = timeTicks(startNs, endNs, 10);
  const span = Number(endNs - startNs);
  const text = (ns: bigint): string => {
    const fraction = stepNs >= 1_000_000_000n ? 0 : stepNs >= 1_000_000n ? 3 : 9;
    const full = formats.timestamp(ns, { fraction });
    if (stepNs >= 86_400_000_000_000n) return full.slice(0, 10);
    return stepNs >= 60_000_000_000n ? full.slice(11, 16) : full.slice(11);
  };
  return (
    <div aria-hidden className={styles.axis}>
      {ticksNs.map((ns) => (
        <span
          className={styles.tick}
          key={String(ns)}
          style={{ left: `${(Number(ns - startNs) / Math.max(1, span)) * 100}%` }}
        >
          {text(ns)}
        </span>
      ))}
    </div>
  );
}
