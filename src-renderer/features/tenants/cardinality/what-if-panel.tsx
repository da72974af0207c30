import { IconFirstAidKit, IconTrash } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import type { CardinalityReport, LabelChange } from "../../../../src-shared/model/tenants/cardinality.ts";
import { Button } from "../../../components/button.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { EmptyView } from "../../../components/state-views.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { changeText } from "./cardinality-texts.ts";
import styles from "./cardinality.module.css";
import { EmergencyView } from "./emergency-view.tsx";
import { LabelDetails } from "./label-details.tsx";
import type { TenantPlace } from "./tenant-place.ts";
import { WhatIfResult } from "./what-if-result.tsx";

interface WhatIfPanelProps {
  readonly place: TenantPlace;
  readonly report: CardinalityReport;
  /** The label that is chosen in the table. */
  readonly label: CardinalityReport["labels"][number] | null;
  readonly changes: readonly LabelChange[];
  readonly onChange: (change: LabelChange | null, of: string) => void;
  readonly onClear: () => void;
}

/** Beside the table: what is done with the chosen label, what all changes together would do, and how to do it. */
export function WhatIfPanel({ place, report, label, changes, onChange, onClear }: WhatIfPanelProps): ReactElement {
  const t = useTranslate();
  const [emergency, setEmergency] = useState<string | null>(null);
  if (emergency !== null) {
    return (
      <aside aria-label={t("cardinality.emergency", { label: emergency })} className={styles.side}>
        <EmergencyView job={report.job} label={emergency} onClose={() => setEmergency(null)} place={place} />
      </aside>
    );
  }
  return (
    <aside aria-label={t("cardinality.whatIf")} className={styles.side}>
      {label === null ? (
        <EmptyView small text={t("cardinality.chooseText")} title={t("cardinality.choose")} />
      ) : (
        <>
          <LabelDetails
            change={changes.find((each) => each.label === label.label) ?? null}
            key={label.label}
            label={label}
            onChange={(change) => onChange(change, label.label)}
          />
          <div className={styles.sideActions}>
            <Button compact icon={IconFirstAidKit} onClick={() => setEmergency(label.label)}>
              {t("cardinality.stopNow")}
            </Button>
          </div>
        </>
      )}
      {changes.length === 0 ? null : (
        <>
          <div className={styles.changes}>
            <h3>{t("cardinality.whatIf")}</h3>
            <ul>
              {changes.map((change) => (
                <li key={change.label}>
                  <button
                    className={styles.changeTag}
                    onClick={() => onChange(null, change.label)}
                    title={t("cardinality.takeBack")}
                    type="button"
                  >
                    <code>{withVisibleCharacters(change.label)}</code> {changeText(t, change)} ×
                  </button>
                </li>
              ))}
            </ul>
            <Button compact icon={IconTrash} onClick={onClear} tone="quiet">
              {t("cardinality.clear")}
            </Button>
          </div>
          <WhatIfResult changes={changes} job={report.job} place={place} />
        </>
      )}
    </aside>
  );
}
