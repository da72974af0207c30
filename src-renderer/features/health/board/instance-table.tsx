import { useMemo, type ReactElement } from "react";
import type { SiteId } from "../../../../src-shared/model/ids.ts";
import type { InstanceHealth } from "../../../../src-shared/model/health/site-health.ts";
import type { Mates } from "../../../../src-shared/model/health/mates.ts";
import { errorText } from "../../../components/error-text.ts";
import { evidenceText } from "../../../components/health-text.ts";
import { RelativeTime } from "../../../components/quantity.tsx";
import { VerdictSign } from "../../../components/verdict-sign.tsx";
import { VirtualTable, type TableColumn } from "../../../components/virtual-table.tsx";
import type { Formats } from "../../../hooks/formats.ts";
import { useAnswer } from "../../../hooks/use-answer.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate, type Translate } from "../../../hooks/use-translate.ts";
import { useWorkspace } from "../../../hooks/workspace-store.ts";
import styles from "./board.module.css";
import { FigureCell } from "./figure-cell.tsx";

const ROW_PX = 26;
const HEAD_PX = 28;
/** Rows that are seen at a time; the rest is scrolled to. */
const SEEN_ROWS = 14;
/** From so many figures on the table is a comparison, and words give way to it. */
const COMPARED_FIGURES = 3;

interface InstanceTableProps {
  readonly site: SiteId;
  readonly component: string;
  readonly instances: readonly InstanceHealth[];
}

/** The instances of a component; ingesters figure by figure beside their mates. */
export function InstanceTable({ site, component, instances }: InstanceTableProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const selected = useWorkspace((state) => state.health.instance);
  const showHealth = useWorkspace((state) => state.showHealth);
  const { data: mates, error } = useAnswer("health", "mates", { site, component }, { keepPrevious: true });
  const columns = useMemo(() => instanceColumns(mates, t, formats), [mates, t, formats]);
  const rows = Math.min(Math.max(instances.length, 1), SEEN_ROWS);
  return (
    <div className={styles.instances}>
      {error === undefined ? null : (
        <p className={styles.matesFailed}>{t("health.mates.failed", { why: errorText(t, error) })}</p>
      )}
      {/* The border of the last row and a scroll bar below need a little more. */}
      <div className={styles.instanceFrame} style={{ height: HEAD_PX + rows * ROW_PX + 10 }}>
        <VirtualTable
          columns={columns}
          label={t("health.board.instancesOf", { component })}
          onSelect={({ instance }) => showHealth({ instance })}
          rowHeight={ROW_PX}
          rowKey={({ instance }) => instance}
          rows={instances}
          selected={selected}
        />
      </div>
    </div>
  );
}

type Column = TableColumn<InstanceHealth>;

function instanceColumns(mates: Mates | undefined, t: Translate, formats: Formats): readonly Column[] {
  const figures = figureColumns(mates, t);
  const name: Column = {
    id: "instance",
    header: t("health.board.instance"),
    width: "minmax(152px, 1fr)",
    render: ({ instance }) => (
      <span className={styles.mono} title={instance}>
        {instance}
      </span>
    ),
  };
  const verdict: Column = {
    id: "verdict",
    header: t("health.board.verdict"),
    width: "116px",
    render: (one) => <VerdictSign verdict={one.verdict} />,
  };
  const zone = plainColumn("zone", "72px", t("health.board.zone"), (one) => one.zone);
  if (figures.length >= COMPARED_FIGURES) {
    const ring = plainColumn("ring", "108px", t("health.board.ring"), (one) => one.ringState);
    return [name, verdict, ...figures, ring, zone];
  }
  return [
    name,
    verdict,
    {
      id: "evidence",
      header: t("health.board.evidence"),
      width: "minmax(200px, 2fr)",
      render: (one) => <InstanceLine instance={one} t={t} formats={formats} />,
    },
    ...figures,
    zone,
    plainColumn("node", "136px", t("health.board.node"), (one) => one.node),
    plainColumn("version", "88px", t("health.board.version"), (one) => one.version),
    {
      ...plainColumn("restarts", "80px", t("health.board.restarts"), (one) =>
        one.restarts === null ? null : formats.number(one.restarts),
      ),
      align: "end",
    },
    {
      id: "started",
      header: t("health.board.started"),
      width: "96px",
      render: ({ startedAtMs }) => (startedAtMs === null ? "–" : <RelativeTime atMs={startedAtMs} />),
    },
  ];
}

function plainColumn(
  id: string,
  width: string,
  header: string,
  value: (instance: InstanceHealth) => string | null,
): Column {
  return {
    id,
    header,
    width,
    render: (instance) => {
      const text = value(instance) ?? "–";
      return (
        <span className={styles.muted} title={text}>
          {text}
        </span>
      );
    },
  };
}

function figureColumns(mates: Mates | undefined, t: Translate): readonly Column[] {
  if (mates === undefined) return [];
  const rows = new Map(mates.instances.map(({ instance, values }) => [instance, values]));
  return mates.figures.map((figure, place) => ({
    id: figure.key,
    header: <span title={figure.metric}>{t(`health.mates.${figure.key}`)}</span>,
    width: "100px",
    align: "end",
    render: ({ instance, evidence }) => (
      <FigureCell evidence={evidence} figure={figure} value={rows.get(instance)?.[place] ?? null} />
    ),
  }));
}

function InstanceLine(props: {
  readonly instance: InstanceHealth;
  readonly t: Translate;
  readonly formats: Formats;
}): ReactElement {
  const { instance, t, formats } = props;
  const [first] = instance.evidence;
  const text =
    first !== undefined
      ? evidenceText(first, t, formats)
      : instance.outcome !== "answered" && instance.error !== null
        ? errorText(t, instance.error)
        : instance.verdict === "healthy"
          ? ""
          : instance.doubts.map((doubt) => t(`health.doubt.${doubt}`)).join(" · ");
  return <span title={text}>{text}</span>;
}
