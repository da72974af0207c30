import type { ReactElement } from "react";
import type { QuarantineItem } from "../../../../src-shared/model/storage/quarantine.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { StatusShape, type StatusTone } from "../../../components/status-shape.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "../plan/plan.module.css";

const TONES: Readonly<Record<QuarantineItem["remains"], StatusTone>> = {
  versions: "good",
  replica: "good",
  dr: "good",
  "nothing-lost": "good",
  none: "warning",
  unknown: "doubt",
};

interface QuarantineItemsProps {
  readonly items: readonly QuarantineItem[];
  /** Of all; more than are listed where there are very many. */
  readonly count: number;
}

/** The objects one by one, with what is left of their lines when they are gone. */
export function QuarantineItems({ items, count }: QuarantineItemsProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  return (
    <>
      <div className={styles.tableFrame}>
        <table aria-label={t("storage.plan.objects")} className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t("storage.item.what")}</th>
              <th scope="col">{t("storage.item.key")}</th>
              <th data-number scope="col">
                {t("storage.item.size")}
              </th>
              <th scope="col">{t("storage.item.remains")}</th>
            </tr>
          </thead>
          <tbody>
            {items.map(({ key, aside, kind, sizeBytes, remains }) => (
              <tr key={key}>
                <td className={styles.nowrap}>{t.dynamic(`storage.finding.${kind}.title`, {}, kind)}</td>
                <td>
                  <code title={aside}>{withVisibleCharacters(key)}</code>
                </td>
                <td className={styles.nowrap} data-number title={formats.bytesExact(sizeBytes)}>
                  {formats.bytes(sizeBytes)}
                </td>
                <td>
                  <span className={styles.inline}>
                    <StatusShape tone={TONES[remains]} />
                    {t(`storage.remains.${remains}`)}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {count > items.length ? (
        <p className={styles.muted}>{t("storage.keysMore", { more: formats.number(count - items.length) })}</p>
      ) : null}
    </>
  );
}
