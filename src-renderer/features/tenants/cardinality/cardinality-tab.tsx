import { IconTags } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import type { Site } from "../../../../src-shared/api/sites.api.ts";
import { EmptyView, FailedView, LoadingView } from "../../../components/state-views.tsx";
import { useAnswer } from "../../../hooks/use-answer.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./cardinality.module.css";
import { ReportView } from "./report-view.tsx";
import { RunningSample } from "./running-sample.tsx";
import { SampleBar } from "./sample-bar.tsx";

interface CardinalityTabProps {
  readonly site: Site["id"];
  readonly tenant: string | null;
}

/** What a tenant's labels cost: samples of its streams, what they are made of, and what would be without some labels. */
export function CardinalityTab({ site, tenant }: CardinalityTabProps): ReactElement {
  const t = useTranslate();
  if (tenant === null) {
    return <EmptyView icon={IconTags} text={t("cardinality.noTenantText")} title={t("cardinality.noTenant")} />;
  }
  return <TenantCardinality key={`${site} ${tenant}`} site={site} tenant={tenant} />;
}

function TenantCardinality({ site, tenant }: { readonly site: Site["id"]; readonly tenant: string }): ReactElement {
  const t = useTranslate();
  const place = { site, tenant };
  const { data, error, loading, retry } = useAnswer("cardinality", "reports", place);
  const [chosen, setChosen] = useState<string | null>(null);
  const [running, setRunning] = useState<string | null>(null);
  // One that is not kept any more gives way to the newest.
  const shown = data?.find(({ job }) => job === chosen) ?? data?.[0] ?? null;
  return (
    <div className={styles.tab}>
      <SampleBar
        chosen={shown?.job ?? null}
        onChoose={setChosen}
        onStarted={(job) => {
          setRunning(job);
          setChosen(null);
        }}
        place={place}
        reports={data ?? []}
      />
      {running === null ? null : <RunningSample job={running} onSeen={() => setRunning(null)} />}
      {data === undefined ? (
        loading || error === undefined ? (
          <LoadingView rows={12} />
        ) : (
          <FailedView error={error} onRetry={retry} title={t("cardinality.reportsFailed")} />
        )
      ) : shown === null ? (
        <EmptyView icon={IconTags} text={t("cardinality.emptyText")} title={t("cardinality.empty", { tenant })} />
      ) : (
        <ReportView job={shown.job} key={shown.job} place={place} />
      )}
    </div>
  );
}
