import type { ReactElement } from "react";
import type { TenantRow } from "../../../../src-shared/model/tenants/board.ts";
import { Badge } from "../../../components/badge.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { Sparkline } from "../../../components/sparkline.tsx";
import { StatusShape } from "../../../components/status-shape.tsx";
import type { TableColumn } from "../../../components/virtual-table.tsx";
import type { Formats } from "../../../hooks/formats.ts";
import type { Translate } from "../../../hooks/use-translate.ts";
import { GaugeBar, UseOfLimit } from "../gauge/gauge-bar.tsx";
import { linesRate, reachText } from "../gauge/limit-text.ts";
import { Trend } from "../gauge/trend.tsx";
import { reasonSentence } from "../reason-sentence.ts";
import styles from "./board.module.css";

interface BoardColumnsOptions {
  readonly t: Translate;
  readonly formats: Formats;
  /** `narrow`: a drawer lies beside the table, and has the rest; `middle`: a small window. */
  readonly room: "narrow" | "middle" | "wide";
  readonly onExplain: (tenant: string, reason: string) => void;
}

/** What is told of each tenant on the board. */
export function boardColumns({ t, formats, room, onExplain }: BoardColumnsOptions): readonly TableColumn<TenantRow>[] {
  const narrow = room === "narrow";
  const tenant: TableColumn<TenantRow> = {
    id: "tenant",
    header: t("limits.board.tenant"),
    width: narrow ? "minmax(96px, 1.2fr)" : "minmax(120px, 1.2fr)",
    render: (row) => (
      <>
        {narrow && row.overdue > 0 ? <StatusShape label={t("limits.expiry.overdue")} tone="bad" /> : null}
        <span title={row.tenant}>{withVisibleCharacters(row.tenant)}</span>
      </>
    ),
  };
  const nearest: TableColumn<TenantRow> = {
    id: "nearest",
    header: t("limits.board.nearest"),
    width: narrow ? "minmax(112px, 1.2fr)" : room === "wide" ? "minmax(236px, 1.2fr)" : "minmax(168px, 1.2fr)",
    render: ({ nearest: gauge }) =>
      gauge === null ? (
        <span className={styles.muted}>{t("limits.board.noGauge")}</span>
      ) : (
        <code title={t.dynamic(`limits.meaning.${gauge.key}`, {}, gauge.key)}>{gauge.key}</code>
      ),
  };
  const share: TableColumn<TenantRow> = {
    id: "share",
    header: t("limits.board.share"),
    width: narrow ? "minmax(112px, 1fr)" : "minmax(120px, 1fr)",
    render: ({ nearest: gauge }) => (gauge === null ? "–" : <GaugeBar gauge={gauge} />),
  };
  const reach: TableColumn<TenantRow> = {
    id: "reach",
    header: t("limits.board.reach"),
    width: "128px",
    align: "end",
    render: ({ nearest: gauge }) =>
      gauge === null ? "–" : <span className={styles.figure}>{reachText(gauge, t, formats)}</span>,
  };
  const discards: TableColumn<TenantRow> = {
    id: "discards",
    header: t("limits.board.discards"),
    width: room === "wide" ? "minmax(184px, 1.2fr)" : "minmax(168px, 1.2fr)",
    render: (row) => <Discards onExplain={onExplain} row={row} t={t} formats={formats} />,
  };
  const overrides: TableColumn<TenantRow> = {
    id: "overrides",
    header: t("limits.board.overrides"),
    width: "minmax(136px, 0.7fr)",
    render: (row) => <Overrides row={row} t={t} formats={formats} />,
  };
  if (narrow) return [tenant, nearest, share];
  const use: TableColumn<TenantRow> = {
    id: "use",
    header: t("limits.board.use"),
    width: "minmax(172px, 1fr)",
    align: "end",
    render: ({ nearest: gauge }) => (gauge === null ? "–" : <UseOfLimit gauge={gauge} />),
  };
  if (room === "middle") return [tenant, nearest, share, use, reach, discards, overrides];
  return [tenant, nearest, share, use, ...movement(t), reach, discards, overrides];
}

/** Where use is going, and how it went lately. */
function movement(t: Translate): readonly TableColumn<TenantRow>[] {
  return [
    {
      id: "trend",
      header: t("limits.board.trend"),
      width: "minmax(112px, 0.8fr)",
      render: ({ nearest: gauge }) => (gauge === null ? "–" : <Trend gauge={gauge} short />),
    },
    {
      id: "points",
      header: t("limits.board.points"),
      width: "96px",
      render: ({ nearest: gauge }) =>
        gauge === null ? null : (
          <Sparkline limit={gauge.limit} points={gauge.points.map(({ atMs, used }) => ({ atMs, value: used }))} />
        ),
    },
  ];
}

interface CellProps {
  readonly row: TenantRow;
  readonly t: Translate;
  readonly formats: Formats;
}

/** The reason that most is refused for; a press explains it. The drawer has all of them, and is reached by keys. */
function Discards({ row, t, formats, onExplain }: CellProps & Pick<BoardColumnsOptions, "onExplain">): ReactElement {
  const refused = row.discards.filter(({ linesPerSecond }) => linesPerSecond > 0);
  const most = refused.toSorted((a, b) => b.linesPerSecond - a.linesPerSecond)[0];
  if (most === undefined) return <span className={styles.muted}>–</span>;
  const text = linesRate(most.linesPerSecond, t, formats);
  return (
    <button
      className={styles.discard}
      onClick={(event) => {
        event.stopPropagation();
        onExplain(row.tenant, most.reason);
      }}
      tabIndex={-1}
      title={t("limits.board.explain", { reason: reasonSentence(most.reason, t) })}
      type="button"
    >
      <StatusShape tone="bad" />
      <span>{text}</span>
      <code>{withVisibleCharacters(most.reason)}</code>
      {refused.length > 1 ? <span>+{formats.number(refused.length - 1)}</span> : null}
    </button>
  );
}

function Overrides({ row, t, formats }: CellProps): ReactElement {
  return (
    <span className={styles.overrides}>
      <span className={row.overrides === 0 ? styles.muted : undefined}>{formats.number(row.overrides)}</span>
      {row.overdue > 0 ? (
        <Badge tone="bad">
          {t("limits.board.overdue", { count: row.overdue, overdue: formats.number(row.overdue) })}
        </Badge>
      ) : row.expiring > 0 ? (
        <Badge tone="working">
          {t("limits.board.expiring", { count: row.expiring, expiring: formats.number(row.expiring) })}
        </Badge>
      ) : null}
    </span>
  );
}
