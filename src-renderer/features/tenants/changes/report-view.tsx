import type { ReactElement } from "react";
import type { LimitChangeReport } from "../../../../src-shared/model/tenants/limit-change.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { OperationSteps } from "../../../components/operation-steps.tsx";
import { ProgressBar } from "../../../components/progress-bar.tsx";
import { RelativeTime } from "../../../components/quantity.tsx";
import { StatusShape, type StatusTone } from "../../../components/status-shape.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { shownValue } from "./change-draft.ts";
import styles from "./plan-review.module.css";

type Convergence = LimitChangeReport["convergence"][number];

const TONES: Readonly<Record<Convergence["state"], StatusTone>> = {
  waiting: "idle",
  taken: "good",
  refused: "bad",
  unseen: "doubt",
};
/** Enough of a hash to tell two apart; the whole is on hover. */
const SHOWN_HASH = 12;

/** What a change has done so far: its steps, who has taken the new file, and what holds now by the components' own word. */
export function ReportView({ report }: { readonly report: LimitChangeReport }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { convergence, held, plan, steps } = report;
  const taken = convergence.filter(({ state }) => state === "taken").length;
  return (
    <>
      <OperationSteps progress={steps} steps={plan.steps} texts="limits" />
      {convergence.length === 0 ? null : (
        <section className={styles.section}>
          <h3>
            {t("limits.convergence.title", { taken: formats.number(taken), all: formats.number(convergence.length) })}
          </h3>
          <ProgressBar
            fraction={taken / convergence.length}
            label={t("limits.convergence.label")}
            tone={
              convergence.some(({ state }) => state === "refused")
                ? "bad"
                : taken === convergence.length
                  ? "good"
                  : "accent"
            }
          />
          <div className={styles.tableFrame}>
            <table aria-label={t("limits.convergence.label")} className={styles.table}>
              <thead>
                <tr>
                  {(["instance", "state", "hash", "taken"] as const).map((column) => (
                    <th key={column} scope="col">
                      {t(`limits.convergence.${column}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {convergence.map((one) => (
                  <tr key={one.instance}>
                    <td>
                      <code>{withVisibleCharacters(one.instance)}</code>
                    </td>
                    <td>
                      <span className={styles.reason}>
                        <StatusShape tone={TONES[one.state]} />
                        {t(`limits.convergence.state.${one.state}`)}
                      </span>
                    </td>
                    <td>{one.hash === null ? "–" : <code title={one.hash}>{one.hash.slice(0, SHOWN_HASH)}</code>}</td>
                    <td>{one.takenAtMs === null ? "–" : <RelativeTime atMs={one.takenAtMs} />}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
      )}
      {held.length === 0 ? null : (
        <section className={styles.section}>
          <h3>{t("limits.held.title")}</h3>
          <ul className={styles.lately}>
            {held.map(({ tenant, key, value, asPlanned }) => (
              <li key={`${tenant} ${key}`}>
                <span className={styles.reason}>
                  <StatusShape tone={asPlanned ? "good" : value === null ? "doubt" : "bad"} />
                  {t(heldText(value, asPlanned))}
                </span>
                <span>{withVisibleCharacters(tenant)}</span>
                <span>
                  <code>{key}</code> {value === null ? null : <code>{shownValue(value, t)}</code>}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

/** A value that no component publishes is proved by the hash of the file that they have taken. */
function heldText(value: string | null, asPlanned: boolean) {
  if (value === null) return asPlanned ? "limits.held.byHash" : "limits.held.untold";
  return asPlanned ? "limits.held.asPlanned" : "limits.held.other";
}
