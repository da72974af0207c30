import type { ReactElement } from "react";
import type { LimitPlan } from "../../../../src-shared/model/tenants/limit-change.ts";
import { Bytes } from "../../../components/quantity.tsx";
import { StatusShape, type StatusTone } from "../../../components/status-shape.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./plan-review.module.css";

type CapacityUse = LimitPlan["capacity"][number];

const TONES: Readonly<Record<CapacityUse["reason"], StatusTone>> = {
  fits: "good",
  over: "bad",
  unlimited: "warning",
  unknown: "doubt",
  "no-members": "doubt",
};

/** What all tenants' limits add up to, before and after, against what the cluster can take. */
export function CapacityTable({ capacity }: { readonly capacity: readonly CapacityUse[] }): ReactElement {
  const t = useTranslate();
  return (
    <div className={styles.tableFrame}>
      <table className={styles.table}>
        <thead>
          <tr>
            {(["of", "before", "after", "capacity", "answer"] as const).map((column) => (
              <th key={column} scope="col">
                {t(`limits.capacityTable.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {capacity.map((use) => (
            <tr key={use.of}>
              <td>{t(`limits.capacityOf.${use.of}`)}</td>
              <td>
                <Amount of={use.of} value={use.before} />
              </td>
              <td>
                <Amount of={use.of} value={use.after} />
              </td>
              <td>
                <Amount of={use.of} value={use.capacity} />
              </td>
              <td>
                <span className={styles.reason}>
                  <StatusShape tone={TONES[use.reason]} />
                  {t(`limits.capacityReason.${use.reason}`)}
                </span>
                <span className={styles.from}>{t.dynamic(`limits.capacity.${use.from}`, {}, use.from)}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Rates are bytes a second, memory is bytes. */
function Amount({ of, value }: { readonly of: CapacityUse["of"]; readonly value: number | null }): ReactElement {
  const formats = useFormats();
  if (value === null) return <>–</>;
  if (of === "ingester-memory") return <Bytes value={value} />;
  return <span title={`${formats.bytesExact(value)}/s`}>{formats.bytesRate(value)}</span>;
}
