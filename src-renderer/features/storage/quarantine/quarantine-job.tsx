import type { ReactElement } from "react";
import { quarantineReportSchema, type QuarantineReport } from "../../../../src-shared/model/storage/quarantine.ts";
import { PlanSection } from "../../../components/plan-dialog.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { JobFrame } from "../plan/job-frame.tsx";
import { KeyList } from "../plan/key-list.tsx";
import { Canaries } from "../plan/plan-details.tsx";
import { Totals } from "../plan/totals.tsx";

/** Objects as they are set aside or brought back. */
export function QuarantineJob({ job, onClose }: { readonly job: string; readonly onClose: () => void }): ReactElement {
  const t = useTranslate();
  return (
    <JobFrame cancelQuestion={t("storage.quarantine.cancelQuestion")} job={job} onClose={onClose} readReport={reportOf}>
      {(report) => <Came report={report} />}
    </JobFrame>
  );
}

function reportOf(output: unknown): QuarantineReport | null {
  const parsed = quarantineReportSchema.safeParse(output);
  return parsed.success ? parsed.data : null;
}

function Came({ report }: { readonly report: QuarantineReport }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const of = (count: number) => `${formats.number(count)} / ${formats.number(report.plan.count)}`;
  return (
    <>
      <Totals
        totals={[
          { label: t("storage.totals.copied"), value: of(report.copied) },
          { label: t("storage.totals.verified"), value: of(report.verified) },
          { label: t("storage.totals.removed"), value: of(report.removed) },
          { label: t("storage.totals.batch"), value: report.plan.batch },
        ]}
      />
      {report.leftCount === 0 ? null : (
        <PlanSection title={t("storage.plan.left")}>
          <KeyList count={report.leftCount} items={report.left} label={t("storage.plan.left")} />
        </PlanSection>
      )}
      <Canaries canaries={report.canaries} />
    </>
  );
}
