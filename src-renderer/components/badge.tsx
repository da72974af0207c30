import type { ReactElement, ReactNode } from "react";
import styles from "./badge.module.css";
import { StatusShape, type StatusTone } from "./status-shape.tsx";

interface BadgeProps {
  /** With a tone it carries that verdict's shape; without one it is a plain tag. */
  readonly tone?: StatusTone;
  readonly mono?: boolean;
  readonly children: ReactNode;
}

export function Badge({ tone, mono = false, children }: BadgeProps): ReactElement {
  return (
    <span className={styles.badge} data-mono={mono || undefined} data-tone={tone}>
      {tone === undefined ? null : <StatusShape tone={tone} />}
      <span className={styles.text}>{children}</span>
    </span>
  );
}
