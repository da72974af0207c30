import type { ReactElement } from "react";
import styles from "./plan.module.css";

/** The figures that a plan or a report comes to, side by side. */
export function Totals({
  totals,
}: {
  readonly totals: readonly { readonly label: string; readonly value: string; readonly exact?: string }[];
}): ReactElement {
  return (
    <dl className={styles.totals}>
      {totals.map(({ label, value, exact }) => (
        <div className={styles.total} key={label}>
          <dt>{label}</dt>
          <dd title={exact}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
