import { Menu } from "@mantine/core";
import { IconAdjustments, IconDownload, IconFileSearch, IconPlayerStop, IconPower } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { SiteId } from "../../../../src-shared/model/ids.ts";
import { LOKI_LOG_LEVELS } from "../../../../src-shared/model/health/operation.ts";
import type { InstanceHealth } from "../../../../src-shared/model/health/site-health.ts";
import { Button } from "../../../components/button.tsx";
import { useAnswer } from "../../../hooks/use-answer.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { useWorkspace } from "../../../hooks/workspace-store.ts";
import { useOperations } from "../operations/operation-context.tsx";
import styles from "./instance.module.css";

/** Those that hold what has not been flushed. */
const INGESTERS: ReadonlySet<string> = new Set(["ingester", "write", "single-binary", "all"]);
const LEVEL_MINUTES = 10;

interface InstanceActionsProps {
  readonly site: SiteId;
  readonly instance: InstanceHealth;
}

/** What can be done with it: each opens a plan, and does nothing by itself. */
export function InstanceActions({ site, instance }: InstanceActionsProps): ReactElement {
  const t = useTranslate();
  const { open } = useOperations();
  const forbidden = useForbidden("health.operate");
  const name = instance.instance;
  const prepared = instance.evidence.some(({ kind }) => kind === "shutdown-prepared");
  return (
    <div className={styles.actions}>
      <LogsButton instance={name} site={site} />
      {INGESTERS.has(instance.component) ? (
        <>
          <Button
            disabledReason={forbidden}
            icon={IconDownload}
            onClick={() => open({ kind: "flush-ingester", instance: name })}
          >
            {t("health.action.flush")}
          </Button>
          <Button
            disabledReason={forbidden}
            icon={IconPlayerStop}
            onClick={() => open({ kind: "prepare-shutdown", instance: name, prepared: !prepared })}
          >
            {t(prepared ? "health.action.unprepare" : "health.action.prepare")}
          </Button>
          <Button
            disabledReason={forbidden}
            icon={IconPower}
            onClick={() => open({ kind: "shutdown-ingester", instance: name, deleteRingTokens: false })}
            tone="danger"
          >
            {t("health.action.shutdown")}
          </Button>
        </>
      ) : null}
      <Menu keepMounted={false} position="bottom-start" transitionProps={{ duration: 0 }} width={200} withinPortal>
        <Menu.Target>
          <Button disabledReason={forbidden} icon={IconAdjustments}>
            {t("health.action.logLevel")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t("health.action.logLevelFor", { minutes: LEVEL_MINUTES })}</Menu.Label>
          {LOKI_LOG_LEVELS.map((level) => (
            <Menu.Item
              disabled={forbidden !== undefined}
              key={level}
              onClick={() => open({ kind: "log-level", instance: name, level, minutes: LEVEL_MINUTES })}
            >
              {level}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

/** Loki's own logs of this pod, by way of the Kubernetes API: they are there when Loki is not. */
function LogsButton({ site, instance }: { readonly site: SiteId; readonly instance: string }): ReactElement {
  const t = useTranslate();
  const noLogs = useForbidden("logs.read");
  const chooseSource = useWorkspace((state) => state.chooseSource);
  const show = useWorkspace((state) => state.show);
  const run = useWorkspace((state) => state.run);
  const { data } = useAnswer("sites", "components", { site });
  const home = data?.components.find(({ pods }) => pods.some((pod) => pod.name === instance));
  const openLogs = (): void => {
    if (home === undefined) return;
    chooseSource({ kind: "pods", namespace: home.namespace });
    show("explore");
    run(`{pod=${JSON.stringify(instance)}}`);
  };
  return (
    <Button
      disabledReason={noLogs ?? (home === undefined ? t("health.action.noPod") : undefined)}
      icon={IconFileSearch}
      onClick={openLogs}
    >
      {t("health.action.logs")}
    </Button>
  );
}
