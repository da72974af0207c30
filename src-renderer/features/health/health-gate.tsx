import { IconHeartbeat, IconPlugConnectedX } from "@tabler/icons-react";
import type { ReactElement, ReactNode } from "react";
import type { SiteHealth } from "../../../src-shared/model/health/site-health.ts";
import { Button } from "../../components/button.tsx";
import { errorText } from "../../components/error-text.ts";
import { EmptyView, FailedView, LoadingView, PartialNotice } from "../../components/state-views.tsx";
import { useSiteHealth } from "../../hooks/use-site-health.tsx";
import { useTranslate } from "../../hooks/use-translate.ts";
import { useWorkspace } from "../../hooks/workspace-store.ts";
import styles from "./health-screen.module.css";

interface HealthGateProps {
  /** Drawn when there is a board of at least one round. */
  readonly children: (health: SiteHealth) => ReactNode;
}

/** The states of the watch, designed once for every part that draws the board. */
export function HealthGate({ children }: HealthGateProps): ReactElement {
  const t = useTranslate();
  const { site, health, error, retry } = useSiteHealth();
  const show = useWorkspace((state) => state.show);
  const openSites = (
    <Button compact onClick={() => show("sites")}>
      {t("health.openSites")}
    </Button>
  );
  if (health === undefined) {
    return error === undefined ? (
      <LoadingView rowHeight={32} rows={10} />
    ) : (
      <FailedView actions={openSites} error={error} onRetry={retry} title={t("health.failed")} />
    );
  }
  if (health.state === "failed" && health.roundAtMs === null) {
    if (site.kind === "direct") {
      return (
        <EmptyView
          actions={openSites}
          icon={IconPlugConnectedX}
          text={
            <>
              {health.error === null ? null : `${errorText(t, health.error)} `}
              {t("health.directFailedText")}
            </>
          }
          title={t("health.directFailed")}
        />
      );
    }
    // The schema lets a failure go without its error; the core always gives one.
    const why = health.error ?? { code: "internal", params: {}, category: "internal", retryable: true };
    return <FailedView actions={openSites} error={why} onRetry={retry} title={t("health.failed")} />;
  }
  if (health.roundAtMs === null) {
    return <EmptyView icon={IconHeartbeat} text={t("health.startingText")} title={t("health.starting")} />;
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
            {t("health.brokenOff")} {errorText(t, error)}
          </PartialNotice>
        </div>
      )}
      {children(health)}
    </>
  );
}
