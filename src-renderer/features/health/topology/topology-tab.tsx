import { SegmentedControl } from "@mantine/core";
import { IconTopologyStar3 } from "@tabler/icons-react";
import { useCallback, useMemo, useState, type ReactElement } from "react";
import type { SiteHealth } from "../../../../src-shared/model/health/site-health.ts";
import type { Topology } from "../../../../src-shared/model/health/topology.ts";
import { errorText } from "../../../components/error-text.ts";
import { EmptyView, LoadingView, PartialNotice } from "../../../components/state-views.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useSiteHealth } from "../../../hooks/use-site-health.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { useWorkspace } from "../../../hooks/workspace-store.ts";
import { HealthGate } from "../health-gate.tsx";
import { EdgeTable } from "./edge-table.tsx";
import { PointCard } from "./point-card.tsx";
import { layoutTopology, type TopologyLayout } from "./topology-layout.ts";
import { indexBoard, shapeOf, topologyNodes } from "./topology-nodes.ts";
import { TopologyPicture, type PathChoice, type Pointed } from "./topology-picture.tsx";
import styles from "./topology.module.css";
import { usePaintedMark } from "./use-painted-mark.ts";
import { useRoundTopology } from "./use-round-topology.ts";

const PATHS = ["both", "write", "read"] as const satisfies readonly PathChoice[];
const VIEWS = ["picture", "table"] as const;
type View = (typeof VIEWS)[number];

/** The write path and the read path: who sends how much to whom, how fast, and who is ill. */
export function TopologyTab(): ReactElement {
  return <HealthGate>{(health) => <SiteTopology health={health} />}</HealthGate>;
}

function SiteTopology({ health }: { readonly health: SiteHealth }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { site } = useSiteHealth();
  const { data, error, loading } = useRoundTopology(site.id, health.roundAtMs);
  const [path, setPath] = useState<PathChoice>("both");
  const [view, setView] = useState<View>("picture");
  const [pointed, setPointed] = useState<Pointed | null>(null);
  const showHealth = useWorkspace((state) => state.showHealth);
  const onOpen = useCallback((instance: string) => showHealth({ instance }), [showHealth]);
  const topology = data ?? NOTHING;
  const board = useMemo(() => indexBoard(health), [health]);
  const layout = useKeptLayout(health, topology);
  // Without the arrows the boxes have other places: what is drawn first must stay.
  const drawn = !loading;
  usePaintedMark(drawn);
  return (
    <div className={styles.topology}>
      <div className={styles.bar}>
        <SegmentedControl
          aria-label={t("topology.path")}
          data={PATHS.map((value) => ({ value, label: t(`topology.path.${value}`) }))}
          onChange={(value) => setPath(PATHS.find((one) => one === value) ?? "both")}
          value={path}
        />
        <SegmentedControl
          aria-label={t("topology.view")}
          data={VIEWS.map((value) => ({ value, label: t(`topology.view.${value}`) }))}
          onChange={(value) => setView(VIEWS.find((one) => one === value) ?? "picture")}
          value={view}
        />
        <span className={styles.asOf}>
          {topology.atMs === null
            ? t("topology.noFigures")
            : t("topology.asOf", { at: formats.dateTime(topology.atMs) })}
        </span>
      </div>
      {error === undefined ? null : (
        <div className={styles.notice}>
          <PartialNotice>
            {t("topology.failed")} {errorText(t, error)}
          </PartialNotice>
        </div>
      )}
      {!drawn ? (
        <LoadingView rowHeight={48} rows={8} />
      ) : layout.boxes.length === 0 ? (
        <EmptyView icon={IconTopologyStar3} text={t("topology.emptyText")} title={t("topology.empty")} />
      ) : view === "table" ? (
        <div className={styles.stage}>
          <EdgeTable edges={topology.edges} path={path} />
        </div>
      ) : (
        <>
          <div className={styles.stage}>
            <TopologyPicture
              board={board}
              layout={layout}
              onOpen={onOpen}
              onPoint={setPointed}
              path={path}
              topology={topology}
            />
          </div>
          <PointCard board={board} pointed={pointed} topology={topology} />
        </>
      )}
    </div>
  );
}

const NOTHING: Topology = { atMs: null, edges: [] };

/** The layout, made anew only when a box or an arrow comes or goes: figures move nothing. */
function useKeptLayout(health: SiteHealth, topology: Topology): TopologyLayout {
  const nodes = useMemo(() => topologyNodes(health, topology.edges), [health, topology.edges]);
  const shape = shapeOf(nodes, topology);
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- `shape` says all of them that a layout is made of
  return useMemo(() => layoutTopology(nodes, topology.edges), [shape]);
}
