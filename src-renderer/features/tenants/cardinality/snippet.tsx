import type { ReactElement } from "react";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { CopyButton } from "../../../components/copy-button.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./cardinality.module.css";

/** A text to be pasted, to the letter; what a screen would not show is written out here, not in the copy. */
export function Snippet({ label, text }: { readonly label: string; readonly text: string }): ReactElement {
  const t = useTranslate();
  const shown = text
    .split("\n")
    .map((line) => withVisibleCharacters(line))
    .join("\n");
  return (
    <section aria-label={label} className={styles.snippet}>
      <header className={styles.snippetHeader}>
        <span>{label}</span>
        <CopyButton label={t("cardinality.copy", { what: label })} size={20} text={text} />
      </header>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling area must be reachable by keyboard */}
      <pre tabIndex={0}>{shown.trimEnd()}</pre>
    </section>
  );
}
