import type { ReactElement } from "react";
import { withVisibleCharacters } from "./control-characters.ts";
import styles from "./diff-text.module.css";

/** Which kind of line it is, by its first characters. Headers of files come before what is added and taken away. */
function kindOf(line: string): "head" | "added" | "removed" | "same" {
  if (/^(?:\+\+\+|---|@@|diff |index )/.test(line)) return "head";
  if (line.startsWith("+")) return "added";
  return line.startsWith("-") ? "removed" : "same";
}

/** A unified diff, its signs kept: nobody has to see the colours. */
export function DiffText({ label, text }: { readonly label: string; readonly text: string }): ReactElement {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling area must be reachable by keyboard
    <section aria-label={label} className={styles.diff} tabIndex={0}>
      <pre>
        {text
          .replace(/\n$/, "")
          .split("\n")
          .map((line, place) => (
            // oxlint-disable-next-line react/no-array-index-key -- lines have no name but their place
            <span className={styles.line} data-kind={kindOf(line)} key={place}>
              {withVisibleCharacters(line)}
              {"\n"}
            </span>
          ))}
      </pre>
    </section>
  );
}
