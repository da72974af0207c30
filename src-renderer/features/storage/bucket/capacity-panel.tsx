import type { ReactElement } from "react";
import type { BucketState } from "../../../../src-shared/model/storage/bucket-state.ts";
import { Facts } from "../../../components/facts.tsx";
import { Panel } from "../../../components/panel.tsx";
import { ProgressBar } from "../../../components/progress-bar.tsx";
import { StatusShape } from "../../../components/status-shape.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useNow } from "../../../hooks/use-now.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./bucket.module.css";
import { useFigures } from "./use-figures.ts";
import { FreeCurve } from "./free-curve.tsx";

const MINUTE_MS = 60_000;

/** How much room there is, and until when. */
export function CapacityPanel({ state }: { readonly state: BucketState }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const capacity = state.health?.capacity;
  const { bytes, number: count, duration } = useFigures();
  const counted = capacity?.countedSecondsAgo ?? null;
  const countedMs = counted === null ? null : counted * 1_000;
  const total = capacity?.usableTotalBytes ?? null;
  const free = capacity?.usableFreeBytes ?? null;
  const used = total === null || free === null || total <= 0 ? null : 1 - free / total;
  return (
    <Panel title={t("storage.capacity")}>
      <div className={styles.stack}>
        <FullLine full={state.full} />
        {used === null ? null : (
          <div className={styles.meter}>
            <ProgressBar
              fraction={used}
              label={t("storage.capacity.used", { share: formats.percent(used) })}
              tone={used >= 0.9 ? "bad" : used >= 0.75 ? "still" : "good"}
            />
            <span className={styles.figures}>
              {t("storage.capacity.usedOf", {
                share: formats.percent(used),
                free: bytes(free),
                total: bytes(total),
              })}
            </span>
          </div>
        )}
        <FreeCurve points={state.free} />
        <Facts
          facts={[
            { label: t("storage.capacity.free"), value: bytes(free) },
            { label: t("storage.capacity.total"), value: bytes(total) },
            { label: t("storage.capacity.usedBytes"), value: bytes(capacity?.usedBytes) },
            { label: t("storage.scans.objects"), value: count(capacity?.objects) },
            { label: t("storage.capacity.versions"), value: count(capacity?.versions) },
            { label: t("storage.capacity.deleteMarkers"), value: count(capacity?.deleteMarkers) },
            {
              label: t("storage.capacity.counted"),
              value: duration(countedMs),
            },
          ]}
        />
      </div>
    </Panel>
  );
}

function FullLine({ full }: { readonly full: BucketState["full"] }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const now = useNow(MINUTE_MS);
  if (full === null) {
    return (
      <p className={styles.line}>
        <StatusShape tone="doubt" />
        {t("storage.capacity.fullUnknown")}
      </p>
    );
  }
  const { fullAtMs, lostBytesPerDay } = full;
  const daily = t("storage.capacity.daily", { bytes: formats.bytes(Math.abs(lostBytesPerDay)) });
  if (fullAtMs === null) {
    return (
      <p className={styles.line}>
        <StatusShape tone="good" />
        {t("storage.capacity.notFilling")}
      </p>
    );
  }
  const days = (fullAtMs - now) / 86_400_000;
  return (
    <p className={styles.line}>
      <StatusShape tone={days < 7 ? "bad" : days < 30 ? "warning" : "good"} />
      <span title={formats.dateTime(fullAtMs)}>
        {t("storage.capacity.fullIn", { time: formats.duration(Math.max(0, fullAtMs - now)) })}
      </span>
      <span className={styles.muted}>{daily}</span>
    </p>
  );
}
