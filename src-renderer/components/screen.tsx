import type { ReactElement, ReactNode } from "react";
import styles from "./screen.module.css";

interface ScreenProps {
  readonly title: ReactNode;
  readonly aside?: ReactNode;
  readonly actions?: ReactNode;
  /** Beside the content, at full height: a `Drawer`. */
  readonly drawer?: ReactNode;
  /** The content scrolls by itself (a virtual table): no padding, no scrolling here. */
  readonly fill?: boolean;
  readonly children: ReactNode;
}

/** A screen with a title bar, a scrolling content, and room for a drawer at its side. */
export function Screen({ title, aside, actions, drawer, fill = false, children }: ScreenProps): ReactElement {
  return (
    <div className={styles.screen}>
      <div className={styles.column}>
        <header className={styles.header}>
          <h1 className={styles.title}>{title}</h1>
          {aside === undefined ? null : <span className={styles.aside}>{aside}</span>}
          {actions === undefined ? null : <div className={styles.actions}>{actions}</div>}
        </header>
        <div className={styles.content} data-fill={fill || undefined}>
          {children}
        </div>
      </div>
      {drawer}
    </div>
  );
}
