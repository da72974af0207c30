import type { ReactElement } from "react";
import type { UsageReport } from "../../../../src-shared/model/tenants/usage.ts";
import { Button } from "../../../components/button.tsx";
import { Bytes } from "../../../components/quantity.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { useWorkspace } from "../../../hooks/workspace-store.ts";
import { priceText } from "./usage-texts.ts";
import styles from "./usage.module.css";

/** What all rows come to, also those past the limit; and where prices are set while nobody has set one. */
export function UsageTotals({ report: { total, prices, rows, by } }: { readonly report: UsageReport }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const show = useWorkspace((state) => state.show);
  const figures = [
    { id: "bytes", value: <Bytes value={total.bytes} /> },
    { id: "queries", value: formats.number(total.queries) },
    { id: "failed", value: formats.number(total.failed) },
    { id: "lines", value: formats.number(total.lines) },
    { id: "time", value: formats.duration(total.durationMs) },
  ] as const;
  return (
    <div className={styles.totals}>
      <dl className={styles.figures}>
        <div>
          <dt>{t(`usage.rows.${by}`)}</dt>
          <dd>{formats.number(rows.length)}</dd>
        </div>
        {figures.map(({ id, value }) => (
          <div
            data-bad={id === "failed" && total.failed > 0 ? true : undefined}
            data-minor={id === "lines" || id === "time" ? true : undefined}
            key={id}
          >
            <dt>{t(`usage.total.${id}`)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        {total.scanPrice === null ? null : (
          <div>
            <dt>{t("usage.total.price")}</dt>
            <dd>{priceText(total.scanPrice, prices, formats)}</dd>
          </div>
        )}
      </dl>
      {total.scanPrice === null ? (
        <span className={styles.hint}>
          {t("usage.noPrice")}
          <Button compact onClick={() => show("settings")} tone="quiet">
            {t("usage.setPrice")}
          </Button>
        </span>
      ) : (
        <span className={styles.hint}>
          {t("usage.priceNote", { price: priceText(prices.perTbScanned, prices, formats) })}
        </span>
      )}
    </div>
  );
}
