import { SegmentedControl } from "@mantine/core";
import { useState, type ReactElement } from "react";
import type { LabelChange } from "../../../../src-shared/model/tenants/cardinality.ts";
import { FailedView, LoadingView } from "../../../components/state-views.tsx";
import { useAnswer } from "../../../hooks/use-answer.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { AlertView } from "./alert-view.tsx";
import styles from "./cardinality.module.css";
import { CombinationsView } from "./combinations-view.tsx";
import { FieldsView } from "./fields-view.tsx";
import { GrowthView } from "./growth-view.tsx";
import { LabelTable } from "./label-table.tsx";
import { ReportFigures } from "./report-figures.tsx";
import type { TenantPlace } from "./tenant-place.ts";
import { WhatIfPanel } from "./what-if-panel.tsx";

const VIEWS = ["labels", "combinations", "fields", "growth", "alert"] as const;
type View = (typeof VIEWS)[number];

/** One report: its figures, its labels, and beside them what would be if some went. */
export function ReportView({ place, job }: { readonly place: TenantPlace; readonly job: string }): ReactElement {
  const t = useTranslate();
  const { data: report, error, loading, retry } = useAnswer("cardinality", "report", { ...place, job });
  const [view, setView] = useState<View>("labels");
  const [label, setLabel] = useState<string | null>(null);
  const [changes, setChanges] = useState<readonly LabelChange[]>([]);
  if (report === undefined) {
    return loading || error === undefined ? (
      <LoadingView rows={12} />
    ) : (
      <FailedView error={error} onRetry={retry} title={t("cardinality.reportFailed")} />
    );
  }
  const change = (next: LabelChange | null, of: string): void =>
    setChanges([...changes.filter((each) => each.label !== of), ...(next === null ? [] : [next])]);
  return (
    <div className={styles.report}>
      <div className={styles.column}>
        <ReportFigures onSuggested={() => setChanges(report.suggested)} report={report} />
        <div className={styles.views}>
          <SegmentedControl
            aria-label={t("cardinality.views")}
            data={VIEWS.map((value) => ({ value, label: t(`cardinality.view.${value}`) }))}
            onChange={(chosen) => setView(VIEWS.find((each) => each === chosen) ?? "labels")}
            value={view}
          />
        </div>
        <div className={styles.content}>
          {view === "labels" ? (
            <LabelTable changes={changes} onSelect={setLabel} report={report} selected={label} />
          ) : view === "combinations" ? (
            <CombinationsView report={report} />
          ) : view === "fields" ? (
            <FieldsView report={report} />
          ) : view === "growth" ? (
            <GrowthView place={place} />
          ) : (
            <AlertView place={place} />
          )}
        </div>
      </div>
      <WhatIfPanel
        changes={changes}
        label={report.labels.find((each) => each.label === label) ?? null}
        onChange={change}
        onClear={() => setChanges([])}
        place={place}
        report={report}
      />
    </div>
  );
}
