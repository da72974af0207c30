import type { ReactElement } from "react";
import type { BucketDay } from "../../../../src-shared/model/storage/scan.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { StatusShape } from "../../../components/status-shape.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { severityTone } from "../../../components/severity.ts";
import { cellParts } from "./cell-text.ts";
import type { HeatRow } from "./heat-map-model.ts";
import styles from "./heat-map.module.css";

interface CellLineProps {
  readonly row: HeatRow | undefined;
  readonly day: string | null;
  readonly cell: BucketDay | null;
}

/** The cell that is pointed at, in words. It has its place, so that nothing covers the cells beside it. */
export function CellLine({ row, day, cell }: CellLineProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  if (row === undefined || day === null) return <p className={styles.cellLine}>{t("storage.heat.hint")}</p>;
  const worst = cell?.worst ?? null;
  return (
    <p className={styles.cellLine}>
      {worst === null ? null : <StatusShape tone={severityTone(worst)} />}
      <strong>{withVisibleCharacters(row.tenant)}</strong>
      <span>{day}</span>
      {worst === null ? null : <span>{t(`storage.severity.${worst}`)}</span>}
      {cellParts(cell, t, formats).map((part) => (
        <span key={part}>{part}</span>
      ))}
    </p>
  );
}
