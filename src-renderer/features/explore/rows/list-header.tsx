// oxlint-disable jsx-a11y/prefer-tag-over-role -- the header of a grid whose rows are placed by hand
import { IconX } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useNow } from "../../../hooks/use-now.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./rows.module.css";

/** A local zone changes its offset twice a year. */
const ZONE_CHECK_MS = 60_000;

interface ListHeaderProps {
  readonly columns: readonly string[];
  /** `null` where columns cannot be changed. */
  readonly onColumns: ((columns: readonly string[]) => void) | null;
}

/** Names of the columns; a chosen column is taken away here and added in the details or the facets. */
export function ListHeader({ columns, onColumns }: ListHeaderProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const now = useNow(ZONE_CHECK_MS);
  return (
    <div aria-rowindex={1} className={styles.header} role="row">
      <div className={styles.timeHeader} role="columnheader">
        <span>
          {t("explore.list.time")} · {formats.zone(now)}
        </span>
      </div>
      <div className={styles.levelHeader} role="columnheader">
        <span>{t("explore.list.level")}</span>
      </div>
      {columns.map((name) => (
        <div className={styles.columnHeader} key={name} role="columnheader">
          <span className={styles.columnName}>{name}</span>
          {onColumns === null ? null : (
            <button
              aria-label={t("explore.list.removeColumn", { name })}
              className={styles.removeColumn}
              onClick={() => onColumns(columns.filter((column) => column !== name))}
              type="button"
            >
              <IconX aria-hidden size={12} stroke={1.5} />
            </button>
          )}
        </div>
      ))}
      <div className={styles.lineHeader} role="columnheader">
        {t("explore.list.line")}
      </div>
    </div>
  );
}
