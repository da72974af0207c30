import { IconListSearch, IconScan } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { jobIdSchema } from "../../../../src-shared/model/ids.ts";
import type { ScanSummary } from "../../../../src-shared/model/storage/scan.ts";
import type { Store } from "../../../../src-shared/model/storage/store.ts";
import { Button } from "../../../components/button.tsx";
import { EmptyView, FailedView, LoadingView } from "../../../components/state-views.tsx";
import { useAnswer } from "../../../hooks/use-answer.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { useWorkspace } from "../../../hooks/workspace-store.ts";
import { useStorageView } from "../storage-context.ts";
import { FindingsView } from "./findings-view.tsx";

/** What a scan found: that of the address, or the last. */
export function FindingsTab({ store }: { readonly store: Store }): ReactElement {
  const t = useTranslate();
  const forbidden = useForbidden("storage.scan");
  const chosen = useWorkspace((state) => state.storage.scan);
  const showStorage = useWorkspace((state) => state.showStorage);
  const { openScan } = useStorageView();
  const overview = useAnswer("storage", "overview", { store: store.id });
  const { data, error, retry } = useAnswer("storage", "scans", { store: store.id, limit: 200 });
  if (data === undefined || overview.data === undefined) {
    const failure = error ?? overview.error;
    return failure === undefined ? (
      <LoadingView rows={12} />
    ) : (
      <FailedView
        error={failure}
        onRetry={() => {
          retry();
          overview.retry();
        }}
        title={t("storage.findings.failed")}
      />
    );
  }
  const last = overview.data.last ?? overview.data.current;
  const scan: ScanSummary | undefined =
    chosen === null ? (last ?? undefined) : data.find(({ scan: id }) => id === chosen);
  if (scan === undefined && chosen !== null && jobIdSchema.safeParse(chosen).success && data.length > 0) {
    return (
      <EmptyView
        actions={
          <Button onClick={() => showStorage({ scan: null, finding: null })} tone="primary">
            {t("storage.findings.showLast")}
          </Button>
        }
        icon={IconListSearch}
        text={t("storage.findings.unknownScanText")}
        title={t("storage.findings.unknownScan", { scan: chosen })}
      />
    );
  }
  if (scan === undefined) {
    return (
      <EmptyView
        actions={
          <Button disabledReason={forbidden} icon={IconScan} onClick={openScan} tone="primary">
            {t("storage.scan.start")}
          </Button>
        }
        icon={IconScan}
        text={t("storage.scans.emptyText")}
        title={t("storage.scans.empty")}
      />
    );
  }
  const tenants = [...new Set(overview.data.days.map(({ tenant }) => tenant))].toSorted();
  return <FindingsView isLast={scan.scan === last?.scan} key={scan.scan} scan={scan} tenants={tenants} />;
}
