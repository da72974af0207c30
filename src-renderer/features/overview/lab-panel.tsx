import { Switch } from "@mantine/core";
import type { ReactElement } from "react";
import type { LabStatus } from "../../../src-shared/api/lab.api.ts";
import {
  LAB_FAULTS,
  LAB_INSTANCE_FAULTS,
  LAB_TENANT_FAULTS,
  type LabFault,
} from "../../../src-shared/model/lab-fault.ts";
import { Badge } from "../../components/badge.tsx";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { Panel } from "../../components/panel.tsx";
import { EmptyView, FailedView, LoadingView } from "../../components/state-views.tsx";
import { useAnswer, useChange } from "../../hooks/use-answer.ts";
import { useForbidden } from "../../hooks/use-permission.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import styles from "./lab-panel.module.css";

/** The practice environment's faults: switched on here, seen everywhere else as the real thing. */
export function LabPanel(): ReactElement {
  const t = useTranslate();
  const { data, error, loading, retry } = useAnswer("lab", "status", undefined);
  const setFault = useChange("lab", "setFault");
  const forbidden = useForbidden("lab.control");
  const on = data?.faults.length ?? 0;
  return (
    <Panel
      aside={on > 0 ? <Badge tone="warning">{t("app.lab.on", { count: on })}</Badge> : undefined}
      flush
      title={t("app.lab.faults")}
    >
      {loading ? <LoadingView rows={6} /> : null}
      {error === undefined ? null : <FailedView error={error} onRetry={retry} />}
      {setFault.error === undefined ? null : <ErrorPanel error={setFault.error} />}
      {data !== undefined && !data.running ? (
        <EmptyView small text={t("app.lab.stoppedText")} title={t("app.lab.stopped")} />
      ) : null}
      {data === undefined || !data.running ? null : (
        <>
          {forbidden === undefined ? null : <p className={styles.forbidden}>{forbidden}</p>}
          <ul>
            {faultRows(data).map(({ fault, name, target }) => (
              <li className={styles.row} key={fault}>
                <Switch
                  checked={data.faults.includes(fault)}
                  description={t(`app.lab.faultHelp.${name}`)}
                  disabled={forbidden !== undefined || setFault.pending}
                  label={[t.dynamic(`lab.fault.${name}`, {}, name), target].filter(Boolean).join(" · ")}
                  onChange={(event) => setFault.fire({ fault, on: event.currentTarget.checked })}
                  withThumbIndicator={false}
                />
              </li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}

interface FaultRow {
  readonly fault: LabFault;
  readonly name: (typeof LAB_FAULTS | typeof LAB_INSTANCE_FAULTS | typeof LAB_TENANT_FAULTS)[number];
  readonly target: string;
}

/** Faults without a target first, then those of each ingester, then those of each tenant. */
function faultRows({ ingesters = [], tenants }: LabStatus): readonly FaultRow[] {
  return [
    ...LAB_FAULTS.map((name): FaultRow => ({ fault: name, name, target: "" })),
    ...LAB_INSTANCE_FAULTS.flatMap((name) =>
      ingesters.map((target): FaultRow => ({ fault: `${name}:${target}`, name, target })),
    ),
    ...LAB_TENANT_FAULTS.flatMap((name) =>
      tenants.map((target): FaultRow => ({ fault: `${name}:${target}`, name, target })),
    ),
  ];
}
