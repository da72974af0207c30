import { IconScan } from "@tabler/icons-react";
import { lazy, Suspense, type ReactElement } from "react";
import type { BucketOverview } from "../../../../src-shared/model/storage/scan.ts";
import type { Store } from "../../../../src-shared/model/storage/store.ts";
import { Button } from "../../../components/button.tsx";
import { errorText } from "../../../components/error-text.ts";
import { EmptyView, FailedView, LoadingView, PartialNotice } from "../../../components/state-views.tsx";
import { useAnswer } from "../../../hooks/use-answer.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { RunningScan } from "../scans/running-scan.tsx";
import { useStorageView } from "../storage-context.ts";
import { HeatMapPanel } from "./heat-map-panel.tsx";
import styles from "./overview.module.css";
import { VerdictPanel } from "./verdict-panel.tsx";

const RecoveryPanel = lazy(async () => ({ default: (await import("../recovery/recovery-panel.tsx")).RecoveryPanel }));

/** The bucket on one page: whether it is whole, how far back one could go, and where in it something is wrong. */
export function OverviewTab({ store }: { readonly store: Store }): ReactElement {
  const t = useTranslate();
  const { data, error, retry } = useAnswer("storage", "overview", { store: store.id });
  if (data === undefined) {
    return error === undefined ? (
      <LoadingView rowHeight={32} rows={10} />
    ) : (
      <FailedView error={error} onRetry={retry} title={t("storage.overview.failed")} />
    );
  }
  return (
    <div className={styles.tab}>
      {error === undefined ? null : (
        <PartialNotice
          actions={
            <Button compact onClick={retry}>
              {t("app.retry")}
            </Button>
          }
        >
          {t("storage.stale")} {errorText(t, error)}
        </PartialNotice>
      )}
      {data.current === null ? null : (
        <div className={styles.running}>
          <RunningScan key={data.current.scan} scan={data.current} />
        </div>
      )}
      <Board overview={data} store={store} />
    </div>
  );
}

function Board({ overview, store }: { readonly overview: BucketOverview; readonly store: Store }): ReactElement {
  const t = useTranslate();
  const forbidden = useForbidden("storage.scan");
  const { openScan } = useStorageView();
  const recovery = (
    <Suspense fallback={<LoadingView rows={4} />}>
      <RecoveryPanel store={store.id} />
    </Suspense>
  );
  if (overview.last === null) {
    return (
      <>
        {overview.current === null ? (
          <EmptyView
            actions={
              <Button disabledReason={forbidden} icon={IconScan} onClick={openScan} tone="primary">
                {t("storage.scan.start")}
              </Button>
            }
            icon={IconScan}
            text={t("storage.overview.emptyText")}
            title={t("storage.overview.empty")}
          />
        ) : null}
        {recovery}
      </>
    );
  }
  return (
    <>
      <div className={styles.top}>
        <VerdictPanel growth={overview.growth} scan={overview.last} />
        {recovery}
      </div>
      <HeatMapPanel overview={overview} />
    </>
  );
}
