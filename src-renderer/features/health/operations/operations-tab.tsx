import type { ReactElement, ReactNode } from "react";
import type { SiteHealth } from "../../../../src-shared/model/health/site-health.ts";
import { Panel } from "../../../components/panel.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { HealthGate } from "../health-gate.tsx";
import { FlushTenant, ForgetMember, RollingRestart, Scale } from "./cluster-starters.tsx";
import { DeleteRequests } from "./delete-requests.tsx";
import styles from "./operations-tab.module.css";
import { FlushIngester, LogLevel, PrepareShutdown, ShutdownIngester } from "./process-starters.tsx";
import { RecentOperations } from "./recent-operations.tsx";

/** What can be done to this Loki, each by a plan; what is being done, and what was. */
export function OperationsTab(): ReactElement {
  return <HealthGate>{(health) => <SiteOperations health={health} />}</HealthGate>;
}

function SiteOperations({ health }: { readonly health: SiteHealth }): ReactElement {
  const t = useTranslate();
  return (
    <div className={styles.operations}>
      <RecentOperations />
      <Panel flush title={t("operations.title")}>
        <Group title={t("operations.group.ingester")}>
          <FlushIngester health={health} />
          <PrepareShutdown health={health} />
          <ShutdownIngester health={health} />
        </Group>
        <Group title={t("operations.group.tenant")}>
          <FlushTenant />
        </Group>
        <Group title={t("operations.group.ring")}>
          <ForgetMember />
        </Group>
        <Group title={t("operations.group.workload")}>
          <RollingRestart health={health} />
          <Scale health={health} />
        </Group>
        <Group title={t("operations.group.process")}>
          <LogLevel health={health} />
        </Group>
      </Panel>
      <DeleteRequests />
    </div>
  );
}

function Group({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactElement {
  return (
    <section aria-label={title} className={styles.group}>
      <h3>{title}</h3>
      <ul>{children}</ul>
    </section>
  );
}
