import { SegmentedControl } from "@mantine/core";
import { useMemo, useState, type ReactElement } from "react";
import type { BucketDay, BucketOverview } from "../../../../src-shared/model/storage/scan.ts";
import { Panel } from "../../../components/panel.tsx";
import { EmptyView, PartialNotice } from "../../../components/state-views.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { useStorageView } from "../storage-context.ts";
import { CellLine } from "./cell-line.tsx";
import { HeatGrid, type HeatPlace } from "./heat-grid.tsx";
import { HeatLegend } from "./heat-legend.tsx";
import { HEAT_MEASURES, heatMap, type HeatMeasure } from "./heat-map-model.ts";
import styles from "./heat-map.module.css";

/** The bucket by tenant and day: where something is wrong, and how much is there or was proven. */
export function HeatMapPanel({ overview }: { readonly overview: BucketOverview }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { showFindings } = useStorageView();
  const [measure, setMeasure] = useState<HeatMeasure>("bytes");
  const [place, setPlace] = useState<HeatPlace>({ row: 0, column: null });
  const map = useMemo(() => heatMap(overview.days, overview.growth), [overview.days, overview.growth]);
  const open = ({ tenant, day }: Pick<BucketDay, "tenant" | "day">): void => showFindings({ tenant, day });
  const row = map.rows[Math.min(place.row, map.rows.length - 1)];
  const left = overview.daysLeftOut;
  return (
    <Panel
      actions={
        <SegmentedControl
          aria-label={t("storage.heat.measure")}
          data={HEAT_MEASURES.map((value) => ({ value, label: t(`storage.heat.measure.${value}`) }))}
          onChange={(value) => setMeasure(value === "verified" ? "verified" : "bytes")}
          size="xs"
          value={measure}
        />
      }
      aside={t("storage.heat.size", {
        count: map.rows.length,
        tenants: formats.number(map.rows.length),
        days: formats.number(map.days.length),
      })}
      flush
      title={t("storage.heat.title")}
    >
      {map.rows.length === 0 ? (
        <EmptyView small text={t("storage.heat.emptyText")} title={t("storage.heat.empty")} />
      ) : (
        <>
          {left === 0 && map.hiddenDays === 0 ? null : (
            <div className={styles.notice}>
              <PartialNotice>
                {left > 0
                  ? t("storage.heat.leftOut", { count: left, days: formats.number(left) })
                  : t("storage.heat.hidden", { count: map.hiddenDays, days: formats.number(map.hiddenDays) })}
              </PartialNotice>
            </div>
          )}
          <HeatGrid map={map} measure={measure} onOpen={open} onPlace={setPlace} place={place} />
          <div className={styles.foot}>
            <CellLine
              cell={place.column === null ? null : (row?.cells[place.column] ?? null)}
              day={place.column === null ? null : (map.days[place.column] ?? null)}
              row={row}
            />
            <HeatLegend measure={measure} />
          </div>
        </>
      )}
    </Panel>
  );
}
