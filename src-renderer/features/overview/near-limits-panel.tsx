import { useState, type ReactElement } from "react";
import type { Site } from "../../../src-shared/api/sites.api.ts";
import type { WireError } from "../../../src-shared/errors/wire-error.ts";
import type { LimitGauge, TenantRow, TenantsBoard } from "../../../src-shared/model/tenants/board.ts";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { withVisibleCharacters } from "../../components/control-characters.ts";
import { errorText } from "../../components/error-text.ts";
import { Panel } from "../../components/panel.tsx";
import { EmptyView, LoadingView, PartialNotice } from "../../components/state-views.tsx";
import { StatusShape, type StatusTone } from "../../components/status-shape.tsx";
import type { Formats } from "../../hooks/formats.ts";
import { useFormats } from "../../hooks/use-formats.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import { wireErrorOf } from "../../hooks/wire-error-of.ts";
import { useWorkspace } from "../../hooks/workspace-store.ts";
import { useRpcStream } from "../../rpc/use-rpc-stream.ts";
import styles from "./near-limits-panel.module.css";

const SHOWN = 5;
const NEAR = 0.8;

/** The tenants that use most of a limit of theirs, and what of them was refused lately. */
export function NearLimitsPanel({ site }: { readonly site: Site }): ReactElement {
  const t = useTranslate();
  const showTenants = useWorkspace((state) => state.showTenants);
  const [board, setBoard] = useState<TenantsBoard>();
  const [lost, setLost] = useState<WireError>();
  useRpcStream(
    "tenants",
    "watch",
    { site: site.id },
    { onData: setBoard, onError: (error) => setLost(wireErrorOf(error)) },
  );
  const why = lost ?? board?.error;
  const told = board !== undefined && (board.state === "live" || board.tenants.length > 0);
  const near = (board?.tenants ?? []).filter(isNotable);
  return (
    <Panel
      actions={
        <Button compact onClick={() => showTenants({ tab: "limits", opened: null })} tone="quiet">
          {t("usage.overview.open")}
        </Button>
      }
      flush
      title={t("usage.overview.title")}
    >
      {!told && why === undefined ? <LoadingView rows={3} /> : null}
      {!told && why !== undefined ? (
        <EmptyView small text={withVisibleCharacters(errorText(t, why))} title={t("usage.overview.failed")} />
      ) : null}
      {told && why !== undefined ? <PartialNotice>{withVisibleCharacters(errorText(t, why))}</PartialNotice> : null}
      {told && near.length === 0 ? (
        <EmptyView small text={t("usage.overview.noneText")} title={t("usage.overview.none")} />
      ) : null}
      {told && near.length > 0 ? (
        <ul>
          {near.slice(0, SHOWN).map((row) => (
            <TenantLine key={row.tenant} row={row} />
          ))}
        </ul>
      ) : null}
    </Panel>
  );
}

/** Something is known of its use, or something of it was refused. */
function isNotable({ nearest, discards, overdue }: TenantRow): boolean {
  return (nearest !== null && nearest.share !== null) || discards.length > 0 || overdue > 0;
}

function TenantLine({ row }: { readonly row: TenantRow }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const showTenants = useWorkspace((state) => state.showTenants);
  const { tenant, nearest, discards, overdue } = row;
  const refused = discards.reduce((sum, { linesPerSecond }) => sum + linesPerSecond, 0);
  return (
    <li className={styles.row}>
      <button className={styles.tenant} onClick={() => showTenants({ tab: "limits", opened: tenant })} type="button">
        {withVisibleCharacters(tenant)}
      </button>
      {refused > 0 ? <Badge tone="bad">{t("usage.overview.refused", { rate: formats.rate(refused) })}</Badge> : null}
      {overdue > 0 ? (
        <Badge tone="warning">{t("usage.overview.overdue", { count: overdue, values: formats.number(overdue) })}</Badge>
      ) : null}
      {nearest === null || nearest.share === null ? null : <UseLine gauge={nearest} share={nearest.share} />}
    </li>
  );
}

function UseLine({ gauge, share }: { readonly gauge: LimitGauge; readonly share: number }): ReactElement {
  const formats = useFormats();
  const tone: StatusTone = share >= 1 ? "bad" : share >= NEAR ? "warning" : "good";
  const limit = gauge.limit === null ? "–" : amountText(gauge.limit, gauge.unit, formats);
  return (
    <div className={styles.use}>
      <code className={styles.key} title={gauge.key}>
        {gauge.key}
      </code>
      <span aria-hidden className={styles.track} data-tone={tone}>
        <span style={{ width: `${Math.min(1, share) * 100}%` }} />
      </span>
      <span className={styles.figures} title={`${amountText(gauge.used, gauge.unit, formats)} / ${limit}`}>
        <StatusShape tone={tone} />
        {formats.number(Math.floor(share * 100))}%
      </span>
    </div>
  );
}

function amountText(value: number, unit: LimitGauge["unit"], formats: Formats): string {
  if (unit === "bytes") return formats.bytes(value);
  if (unit === "bytes-per-second") return formats.bytesRate(value);
  if (unit === "seconds") return formats.duration(value * 1_000);
  return formats.number(value, Number.isInteger(value) ? 0 : 2);
}
