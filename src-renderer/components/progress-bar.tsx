import type { ReactElement } from "react";
import styles from "./progress-bar.module.css";

interface ProgressBarProps {
  /** 0 to 1; `null` while the whole is not known. */
  readonly fraction: number | null;
  readonly label: string;
  readonly tone?: "accent" | "still" | "bad" | "good";
}

export function ProgressBar({ fraction, label, tone = "accent" }: ProgressBarProps): ReactElement {
  return (
    <progress
      aria-label={label}
      className={styles.bar}
      data-tone={tone}
      max={1}
      {...(fraction === null ? {} : { value: fraction })}
    />
  );
}
