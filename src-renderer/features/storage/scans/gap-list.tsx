import type { ReactElement } from "react";
import type { ScanSummary } from "../../../../src-shared/model/storage/scan.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./scans.module.css";

/** What a scan could not do in full. A gap that has no words is told by its name. */
export function GapList({ gaps }: { readonly gaps: ScanSummary["gaps"] }): ReactElement {
  const t = useTranslate();
  return (
    <ul className={styles.gaps}>
      {gaps.map(({ key, params }) => (
        <li key={`${key} ${JSON.stringify(params)}`}>
          {withVisibleCharacters(t.dynamic(`storage.gap.${key}`, params, t("storage.scan.gapOther", { gap: key })))}
        </li>
      ))}
    </ul>
  );
}
