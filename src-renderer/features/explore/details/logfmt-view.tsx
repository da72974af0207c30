import { useMemo, type ReactElement } from "react";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { SmallCopyButton } from "../floating/small-copy-button.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import styles from "./details.module.css";
import { logfmtPairs } from "./logfmt-pairs.ts";

/** A logfmt line as a table of its pairs, in their order. */
export function LogfmtView({ line }: { readonly line: string }): ReactElement {
  const t = useTranslate();
  const pairs = useMemo(() => logfmtPairs(line) ?? [], [line]);
  return (
    <div className={styles.scroll}>
      <dl className={styles.fields}>
        {pairs.map(({ name, value }, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- a name may come twice
          <div className={styles.field} key={index}>
            <dt className={styles.name}>{name}</dt>
            <dd className={styles.value}>{value === null ? "" : withVisibleCharacters(value.slice(0, 2_000))}</dd>
            <dd className={styles.fieldActions}>
              <SmallCopyButton label={t("explore.fields.copy", { name })} text={value ?? ""} />
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
