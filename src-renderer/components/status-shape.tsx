import type { ReactElement } from "react";
import styles from "./status-shape.module.css";

/** A verdict. Each has a colour and a shape of its own, so that no eye depends on the colour. */
export const STATUS_TONES = ["good", "warning", "bad", "gray-failure", "doubt", "idle", "working"] as const;
export type StatusTone = (typeof STATUS_TONES)[number];

const SHAPES: Readonly<Record<StatusTone, ReactElement>> = {
  good: <circle cx="5" cy="5" fill="currentColor" r="4" />,
  warning: <path d="M5 .8 9.6 9.2H.4Z" fill="currentColor" />,
  bad: <path d="M1 1h8v8H1Z" fill="currentColor" />,
  "gray-failure": <path d="M5 .4 9.6 5 5 9.6.4 5Z" fill="currentColor" />,
  doubt: <path d="M5 1.1 8.9 5 5 8.9 1.1 5Z" fill="none" stroke="currentColor" strokeWidth="1.5" />,
  idle: <circle cx="5" cy="5" fill="none" r="3.5" stroke="currentColor" strokeWidth="1.5" />,
  working: (
    <path d="M5 1.5A3.5 3.5 0 1 1 1.5 5" fill="none" stroke="currentColor" strokeLinecap="round" strokeWidth="1.5" />
  ),
};

/** The shape alone: put the word beside it, or give it as `label`. */
export function StatusShape({ tone, label }: { readonly tone: StatusTone; readonly label?: string }): ReactElement {
  return (
    <svg
      aria-hidden={label === undefined ? true : undefined}
      aria-label={label}
      className={styles.shape}
      data-tone={tone}
      height="10"
      role={label === undefined ? undefined : "img"}
      viewBox="0 0 10 10"
      width="10"
    >
      {SHAPES[tone]}
    </svg>
  );
}
