import { Switch } from "@mantine/core";
import type { ReactElement } from "react";
import type { LabStatus } from "../../../src-shared/api/lab.api.ts";
import {
  BUCKET_DAMAGES,
  drLagMinutesOf,
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
import { type Translate, useTranslate } from "../../hooks/use-translate.ts";
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
            {faultRows(data).map(({ fault, name, text, target }) => (
              <li className={styles.row} key={fault}>
                <Switch
                  checked={data.faults.includes(fault)}
                  description={t(`app.lab.faultHelp.${name}`)}
                  disabled={forbidden !== undefined || setFault.pending}
                  label={[t.dynamic(`lab.fault.${text}`, {}, text), minutesText(t, fault) ?? target]
                    .filter(Boolean)
                    .join(" · ")}
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

type FaultName =
  | (typeof LAB_FAULTS | typeof LAB_INSTANCE_FAULTS | typeof LAB_TENANT_FAULTS)[number]
  | "bucket-damage"
  | "dr-lag";

interface FaultRow {
  readonly fault: LabFault;
  readonly name: FaultName;
  /** `lab.fault.<text>`. */
  readonly text: string;
  readonly target: string;
}

/** How late the DR copy is made here; the command line takes any number of minutes. */
const DR_LAG: LabFault = "dr-lag:60";

/** Faults without a target first, then those of each ingester, of each tenant, and of the bucket. */
function faultRows({ ingesters = [], tenants, faults }: LabStatus): readonly FaultRow[] {
  const lags = new Set([DR_LAG, ...faults.filter((fault) => drLagMinutesOf(fault) !== null)]);
  return [
    ...LAB_FAULTS.map((name): FaultRow => ({ fault: name, name, text: name, target: "" })),
    ...LAB_INSTANCE_FAULTS.flatMap((name) =>
      ingesters.map((target): FaultRow => ({ fault: `${name}:${target}`, name, text: name, target })),
    ),
    ...LAB_TENANT_FAULTS.flatMap((name) =>
      tenants.map((target): FaultRow => ({ fault: `${name}:${target}`, name, text: name, target })),
    ),
    ...BUCKET_DAMAGES.map((damage): FaultRow => ({
      fault: `bucket-damage:${damage}`,
      name: "bucket-damage",
      text: `bucket-damage.${damage}`,
      target: "",
    })),
    ...[...lags].map((fault): FaultRow => ({ fault, name: "dr-lag", text: "dr-lag", target: "" })),
  ];
}

function minutesText(t: Translate, fault: LabFault): string | null {
  const minutes = drLagMinutesOf(fault);
  return minutes === null ? null : t("app.lab.minutes", { minutes });
}
