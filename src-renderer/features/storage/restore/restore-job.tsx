import type { ReactElement } from "react";
import { restoreReportSchema, type RestoreReport } from "../../../../src-shared/model/storage/restore.ts";
import { drillReportSchema } from "../../../../src-shared/model/storage/recovery.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { PlanSection } from "../../../components/plan-dialog.tsx";
import { ProgressBar } from "../../../components/progress-bar.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { JobFrame } from "../plan/job-frame.tsx";
import { KeyList } from "../plan/key-list.tsx";
import { Canaries } from "../plan/plan-details.tsx";
import { Totals } from "../plan/totals.tsx";
import styles from "../plan/plan.module.css";

/** A restore, or a drill, as it is carried out. */
export function RestoreJob({ job, onClose }: { readonly job: string; readonly onClose: () => void }): ReactElement {
  const t = useTranslate();
  return (
    <JobFrame
      cancelQuestion={t("storage.restore.cancelQuestion")}
      job={job}
      onClose={onClose}
      readReport={restoreReportOf}
    >
      {(report) => <RestoreCame report={report} />}
    </JobFrame>
  );
}

/** A drill tells a restore, and more when it has ended. */
export function restoreReportOf(output: unknown): RestoreReport | null {
  const restore = restoreReportSchema.safeParse(output);
  if (restore.success) return restore.data;
  const drill = drillReportSchema.safeParse(output);
  return drill.success ? drill.data.restore : null;
}

/** What a restore has come to so far. */
export function RestoreCame({ report }: { readonly report: RestoreReport }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { plan, compactor, bytesPerSecond } = report;
  const all = plan.counts.restorable;
  const of = (count: number) => `${formats.number(count)} / ${formats.number(all)}`;
  return (
    <>
      <ProgressBar
        fraction={all === 0 ? null : (report.written + report.found) / all}
        label={t("storage.restore.progress")}
        tone={report.failedCount > 0 ? "bad" : report.done ? "good" : "accent"}
      />
      <Totals
        totals={[
          { label: t("storage.totals.written"), value: of(report.written) },
          { label: t("storage.totals.verified"), value: of(report.verified) },
          { label: t("storage.totals.found"), value: formats.number(report.found) },
          { label: t("storage.totals.failed"), value: formats.number(report.failedCount) },
          {
            label: t("storage.totals.bytes"),
            value: formats.bytes(report.writtenBytes),
            exact: formats.bytesExact(report.writtenBytes),
          },
          ...(bytesPerSecond === null
            ? []
            : [{ label: t("storage.totals.rate"), value: formats.bytesRate(bytesPerSecond) }]),
        ]}
      />
      {compactor === null ? null : (
        <p className={styles.muted}>
          {t(compactor.resumed ? "storage.restore.compactorResumed" : "storage.restore.compactorPaused", {
            workload: withVisibleCharacters(compactor.workload),
            count: compactor.replicas,
            replicas: formats.number(compactor.replicas),
          })}
        </p>
      )}
      {report.failedCount === 0 ? null : (
        <PlanSection title={t("storage.plan.failed")}>
          <KeyList count={report.failedCount} items={report.failed} label={t("storage.plan.failed")} />
        </PlanSection>
      )}
      <Canaries canaries={report.canaries} />
    </>
  );
}
