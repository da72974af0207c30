import type { ReactElement } from "react";
import type { Canary } from "../../../../src-shared/model/storage/storage-plan.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { StatusShape, type StatusTone } from "../../../components/status-shape.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./plan.module.css";

const TONES: Readonly<Record<Canary["state"], StatusTone>> = {
  works: "good",
  fails: "bad",
  unknown: "doubt",
  waiting: "idle",
};

/** Queries of the days it is about: what they should find, what they found before, and what they find now. */
export function CanaryTable({ canaries }: { readonly canaries: readonly Canary[] }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const count = (lines: number | null) => (lines === null ? "–" : formats.number(lines));
  return (
    <div className={styles.tableFrame}>
      <table aria-label={t("storage.canaries")} className={styles.table}>
        <thead>
          <tr>
            {(["state", "day", "tenant", "query", "expected", "before", "after"] as const).map((column) => (
              <th
                data-number={column === "expected" || column === "before" || column === "after"}
                key={column}
                scope="col"
              >
                {t(`storage.canary.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {canaries.map((canary) => (
            <tr key={`${canary.tenant} ${canary.day} ${canary.query}`}>
              <td>
                <span className={styles.inline} title={canary.problem ?? undefined}>
                  <StatusShape tone={TONES[canary.state]} />
                  {t(`storage.canaryState.${canary.state}`)}
                </span>
              </td>
              <td className={styles.nowrap}>{canary.day}</td>
              <td>{withVisibleCharacters(canary.tenant)}</td>
              <td>
                <code>{withVisibleCharacters(canary.query)}</code>
              </td>
              <td data-number>{count(canary.expected)}</td>
              <td data-number>{count(canary.before)}</td>
              <td data-number>{count(canary.after)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
