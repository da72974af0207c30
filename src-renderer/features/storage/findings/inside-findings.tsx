import type { ReactElement } from "react";
import type { ObjectInspection } from "../../../../src-shared/model/storage/inspection.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { StatusShape } from "../../../components/status-shape.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./object-view.module.css";

/** What is wrong inside of an object, place by place; or that nothing is. */
export function InsideFindings({ findings }: { readonly findings: ObjectInspection["findings"] }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  if (findings.length === 0) {
    return (
      <p className={styles.sound}>
        <StatusShape tone="good" />
        {t("storage.object.sound")}
      </p>
    );
  }
  return (
    <ul className={styles.inside}>
      {findings.map(({ what, offset, block, expected, actual, detail }, place) => (
        // oxlint-disable-next-line react/no-array-index-key -- one check may fail twice at one place
        <li className={styles.wrong} key={place}>
          <StatusShape tone="bad" />
          <span>
            {t.dynamic(`storage.evidence.${what}`, {}, withVisibleCharacters(what))}
            <span className={styles.muted}>
              {block === null || block === undefined ? "" : ` · ${t("storage.object.block", { block })}`}
              {` · ${t("storage.findings.offset", { offset: formats.number(offset), hex: offset.toString(16) })}`}
              {expected === null || actual === null
                ? ""
                : ` · ${t("storage.object.mismatch", {
                    expected: withVisibleCharacters(expected),
                    actual: withVisibleCharacters(actual),
                  })}`}
              {detail === null ? "" : ` · ${withVisibleCharacters(detail)}`}
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}
