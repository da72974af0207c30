import type { ReactElement, ReactNode } from "react";
import styles from "./facts.module.css";

export interface Fact {
  readonly label: string;
  readonly value: ReactNode;
  /** Machine text: paths, URLs, hashes. */
  readonly mono?: boolean;
}

/** Names and values in two columns. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }): ReactElement {
  return (
    <dl className={styles.facts}>
      {facts.map((fact) => (
        <div className={styles.fact} key={fact.label}>
          <dt>{fact.label}</dt>
          <dd data-mono={fact.mono === true || undefined}>{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}
