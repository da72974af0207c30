import type { ReactElement } from "react";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./plan.module.css";

interface KeyListProps {
  readonly label: string;
  readonly items: readonly { readonly key: string; readonly problem: string }[];
  /** Of all; more than are listed where there are very many. */
  readonly count: number;
}

/** Objects by their keys, each with what is wrong with it. */
export function KeyList({ label, items, count }: KeyListProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const more = count - items.length;
  return (
    <>
      <ul aria-label={label} className={styles.keys}>
        {items.map(({ key, problem }) => (
          <li key={`${key} ${problem}`}>
            <code>{withVisibleCharacters(key)}</code>
            <span className={styles.muted}>{withVisibleCharacters(problem)}</span>
          </li>
        ))}
      </ul>
      {more > 0 ? <p className={styles.muted}>{t("storage.keysMore", { more: formats.number(more) })}</p> : null}
    </>
  );
}
