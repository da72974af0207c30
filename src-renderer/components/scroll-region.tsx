import type { ReactElement, ReactNode } from "react";
import styles from "./scroll-region.module.css";

/** The dialog goes through several contents: each takes the focus as it comes, so that keys scroll it and nobody loses it. */
function takeFocus(region: HTMLElement | null): void {
  region?.focus({ preventScroll: true });
}

export function ScrollRegion({
  label,
  children,
}: {
  readonly label: string;
  readonly children: ReactNode;
}): ReactElement {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling area must be reachable by keyboard
    <section aria-label={label} className={styles.scroller} data-autofocus ref={takeFocus} tabIndex={0}>
      {children}
    </section>
  );
}
