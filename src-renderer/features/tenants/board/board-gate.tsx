import { IconGauge } from "@tabler/icons-react";
import type { ReactElement, ReactNode } from "react";
import type { TenantsBoard } from "../../../../src-shared/model/tenants/board.ts";
import { Button } from "../../../components/button.tsx";
import { errorText } from "../../../components/error-text.ts";
import { EmptyView, FailedView, LoadingView, PartialNotice } from "../../../components/state-views.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { useWorkspace } from "../../../hooks/workspace-store.ts";
import { useSiteLimits } from "../site-limits.tsx";
import styles from "./board.module.css";

interface BoardGateProps {
  readonly children: (board: TenantsBoard) => ReactNode;
}

/** The states of the watch before there is a board to draw. */
export function BoardGate({ children }: BoardGateProps): ReactElement {
  const t = useTranslate();
  const { board, error, retry } = useSiteLimits();
  const show = useWorkspace((state) => state.show);
  const openSites = (
    <Button compact onClick={() => show("sites")}>
      {t("limits.openSites")}
    </Button>
  );
  if (board === undefined) {
    return error === undefined ? (
      <LoadingView rowHeight={32} rows={10} />
    ) : (
      <FailedView actions={openSites} error={error} onRetry={retry} title={t("limits.failed")} />
    );
  }
  if (board.state === "failed" && board.tenants.length === 0) {
    // The schema lets a failure go without its error; the core always gives one.
    const why = board.error ?? { code: "internal", params: {}, category: "internal", retryable: true };
    return <FailedView actions={openSites} error={why} onRetry={retry} title={t("limits.failed")} />;
  }
  if (board.state === "starting" && board.tenants.length === 0) {
    return <EmptyView icon={IconGauge} text={t("limits.startingText")} title={t("limits.starting")} />;
  }
  return (
    <>
      {error === undefined ? null : (
        <div className={styles.notice}>
          <PartialNotice
            actions={
              <Button compact onClick={retry}>
                {t("app.retry")}
              </Button>
            }
          >
            {t("limits.brokenOff")} {errorText(t, error)}
          </PartialNotice>
        </div>
      )}
      {children(board)}
    </>
  );
}
