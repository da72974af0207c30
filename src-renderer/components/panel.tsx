import { useId, type ReactElement, type ReactNode } from "react";
import styles from "./panel.module.css";

interface PanelProps {
  readonly title: ReactNode;
  /** Beside the title: a count, a badge. */
  readonly aside?: ReactNode;
  /** At the right end of the header: icon buttons, one button. */
  readonly actions?: ReactNode;
  /** No padding: a table or a list that draws its own rows. */
  readonly flush?: boolean;
  readonly children: ReactNode;
}

/** A titled area with a hairline round it. */
export function Panel({ title, aside, actions, flush = false, children }: PanelProps): ReactElement {
  const heading = useId();
  return (
    <section aria-labelledby={heading} className={styles.panel}>
      <header className={styles.header}>
        <h2 className={styles.title} id={heading}>
          {title}
        </h2>
        {aside === undefined ? null : <span className={styles.aside}>{aside}</span>}
        {actions === undefined ? null : <div className={styles.actions}>{actions}</div>}
      </header>
      <div className={styles.body} data-flush={flush || undefined}>
        {children}
      </div>
    </section>
  );
}
