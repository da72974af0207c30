import { IconPencil } from "@tabler/icons-react";
import type { Quota, QuotaState } from "../../../../src-shared/model/tenants/quota.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { IconButton } from "../../../components/icon-button.tsx";
import { RelativeTime } from "../../../components/quantity.tsx";
import { QuotaMeter, quotaTone, usedShareText } from "../../../components/quota-meter.tsx";
import { StatusShape } from "../../../components/status-shape.tsx";
import type { TableColumn } from "../../../components/virtual-table.tsx";
import type { Formats } from "../../../hooks/formats.ts";
import type { Translate } from "../../../hooks/use-translate.ts";
import styles from "./quotas.module.css";

interface ColumnInputs {
  readonly t: Translate;
  readonly formats: Formats;
  /** Why this person may not change quotas. */
  readonly forbidden: string | undefined;
  readonly onEdit: (quota: Quota) => void;
}

/** A role by its word; a tenant and a user by their names, which are data. */
export function scopeName({ kind, name }: Quota["scope"], t: Translate): string {
  return kind === "role" ? t.dynamic(`roles.${name}`, {}, name) : withVisibleCharacters(name);
}

export function quotaColumns({ t, formats, forbidden, onEdit }: ColumnInputs): readonly TableColumn<QuotaState>[] {
  return [
    {
      id: "scope",
      header: t("usage.quota.scope"),
      width: "minmax(144px, 1.2fr)",
      render: ({ quota: { scope } }) => (
        <span className={styles.two}>
          <span className={styles.name} title={scope.name}>
            {scopeName(scope, t)}
          </span>
          <span className={styles.small}>{t(`usage.quota.kind.${scope.kind}`)}</span>
        </span>
      ),
    },
    {
      id: "state",
      header: t("usage.quota.state"),
      width: "164px",
      render: ({ state }) => (
        <span className={styles.state}>
          <StatusShape tone={quotaTone(state)} />
          {t(`usage.quota.state.${state}`)}
        </span>
      ),
    },
    {
      id: "use",
      header: t("usage.quota.use"),
      width: "minmax(224px, 2fr)",
      render: ({ quota, usedBytes, reservedBytes, state }) => (
        <span className={styles.two}>
          <QuotaMeter {...quota} reservedBytes={reservedBytes} state={state} usedBytes={usedBytes} />
          <span className={styles.small}>
            {t("usage.quota.usedOf", {
              used: formats.bytes(usedBytes),
              limit: formats.bytes(quota.bytes),
              share: usedShareText(usedBytes, quota.bytes, formats),
            })}
            {reservedBytes === 0 ? "" : ` · ${t("usage.quota.reserved", { bytes: formats.bytes(reservedBytes) })}`}
          </span>
        </span>
      ),
    },
    ...(["warn", "limit", "hard"] as const).map((mark): TableColumn<QuotaState> => ({
      id: mark,
      header: t(`usage.quota.${mark}`),
      width: "88px",
      align: "end",
      render: ({ quota }) => {
        const bytes =
          mark === "warn" ? quota.bytes * quota.warnShare : mark === "limit" ? quota.bytes : quota.hardBytes;
        return (
          <span className={`${styles.two} ${styles.end}`} title={formats.bytesExact(Math.round(bytes))}>
            <span>{formats.bytes(bytes)}</span>
            {mark === "warn" ? <span className={styles.small}>{formats.percent(quota.warnShare)}</span> : null}
          </span>
        );
      },
    })),
    {
      id: "period",
      header: t("usage.quota.period"),
      width: "148px",
      render: ({ quota, period, renewsAtMs }) => (
        <span className={styles.two}>
          <span>{period}</span>
          <span className={styles.small}>
            {t(`usage.quota.per.${quota.scope.period}`)} · {t("usage.quota.renews")} <RelativeTime atMs={renewsAtMs} />
          </span>
        </span>
      ),
    },
    {
      id: "edit",
      header: <span className="visually-hidden">{t("usage.quota.change")}</span>,
      width: "48px",
      align: "end",
      render: ({ quota }) => (
        <IconButton
          disabledReason={forbidden}
          icon={IconPencil}
          label={t("usage.quota.edit", { name: scopeName(quota.scope, t) })}
          onClick={() => onEdit(quota)}
          size={24}
        />
      ),
    },
  ];
}
