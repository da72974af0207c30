import { Fragment, type ReactElement } from "react";
import { isMac, shortcutKeys, type Shortcut } from "../hooks/shortcut.ts";
import styles from "./kbd.module.css";

/** A shortcut as keys. A sequence reads from left to right with room between its steps. */
export function Kbd({ shortcut }: { readonly shortcut: Shortcut }): ReactElement {
  const steps = shortcutKeys(shortcut, isMac(navigator.userAgent));
  return (
    <span className={styles.shortcut}>
      {steps.map((keys, step) => (
        // oxlint-disable-next-line react/no-array-index-key -- the steps of a shortcut have no other name
        <Fragment key={step}>
          <span className={styles.step}>
            {keys.map((key) => (
              <kbd className={styles.key} key={key}>
                {key}
              </kbd>
            ))}
          </span>
        </Fragment>
      ))}
    </span>
  );
}
