import type { ReactElement } from "react";
import type { LimitPlan } from "../../../../src-shared/model/tenants/limit-change.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { usedText } from "../gauge/limit-text.ts";
import { useSiteLimits } from "../site-limits.tsx";
import { shownValue } from "./change-draft.ts";
import styles from "./plan-review.module.css";

const COLUMNS = ["tenant", "limit", "override", "holds", "used"] as const;

/** Value by value: what stands in the file before and after, and what holds for the tenant by it. */
export function ValueTable({ edits }: { readonly edits: LimitPlan["edits"] }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { board } = useSiteLimits();
  const unitOf = (tenant: string, key: string) =>
    board?.tenants.find((row) => row.tenant === tenant)?.gauges.find((gauge) => gauge.key === key)?.unit ?? "none";
  return (
    <div className={styles.tableFrame}>
      <table className={styles.table}>
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <th key={column} scope="col">
                {t(`limits.values.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {edits.map(({ tenant, key, before, after, effectiveBefore, effectiveAfter, used }) => (
            <tr key={`${tenant} ${key}`}>
              <td>{withVisibleCharacters(tenant)}</td>
              <td>
                <code>{key}</code>
              </td>
              <td>
                <Way from={before} to={after} />
              </td>
              <td>
                <Way from={effectiveBefore} to={effectiveAfter} unknown />
              </td>
              <td>{used === null ? "–" : usedText(used, unitOf(tenant, key), t, formats)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface WayProps {
  readonly from: string | null;
  readonly to: string | null;
  /** `null` is what nobody knows, and not an absence. */
  readonly unknown?: boolean;
}

function Way({ from, to, unknown = false }: WayProps): ReactElement {
  const t = useTranslate();
  const shown = (value: string | null): string =>
    value === null && unknown ? t("limits.unknown") : shownValue(value, t);
  return (
    <span className={styles.way}>
      <code title={from ?? undefined}>{shown(from)}</code>
      <span aria-hidden>→</span>
      <strong>
        <code title={to ?? undefined}>{shown(to)}</code>
      </strong>
    </span>
  );
}
